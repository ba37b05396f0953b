namespace FedOperator.Core.Api;

/// <summary>Everything that can be wrong with a well-formed job, found at once.</summary>
public static class Validation
{
    /// <summary>The problems of a job; empty where it can run.</summary>
    public static IReadOnlyList<Problem> Check(FederatedJob job)
    {
        var problems = new List<Problem>();
        problems.AddRange(Identity.Check(job));
        problems.AddRange(Bounds.Check(job.Spec));
        problems.AddRange(Combinations.Check(job.Spec));
        problems.AddRange(RobustRules.Check(job.Spec));
        problems.AddRange(ClientRules.Check(job.Spec));
        problems.AddRange(ModelRules.Check(job.Spec.Model));
        problems.AddRange(DataRules.Check(job.Spec));
        problems.AddRange(ImageRules.Check(job.Spec));
        problems.AddRange(PodRules.Check(job.Spec));
        problems.AddRange(StorageRules.Check(job.Spec.Storage));
        return problems;
    }
}
