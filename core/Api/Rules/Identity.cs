using System.Text.RegularExpressions;

namespace FedOperator.Core.Api;

/// <summary>Version, kind and name.</summary>
internal static partial class Identity
{
    // Pod names are JOB-ROLE-INDEX-ATTEMPT, and a pod's name must fit a label (63).
    public const int LongestName = 40;

    /// <summary>A DNS label that begins with a letter.</summary>
    public const string NamePattern = "^[a-z]([-a-z0-9]*[a-z0-9])?\\z";

    public static IEnumerable<Problem> Check(FederatedJob job)
    {
        if (job.ApiVersion != FederatedJob.Version)
            yield return new Problem("apiVersion", job.ApiVersion, "is not a version that this build reads", $"use {FederatedJob.Version}");
        if (job.Kind != FederatedJob.KindName)
            yield return new Problem("kind", job.Kind, "is not a kind that this build reads", $"use {FederatedJob.KindName}");
        if (job.Metadata.Name.Length > LongestName)
            yield return new Problem("metadata.name", job.Metadata.Name, $"has {job.Metadata.Name.Length} characters", $"use at most {LongestName}: the pods' names begin with it");
        if (!Name().IsMatch(job.Metadata.Name))
            yield return new Problem("metadata.name", job.Metadata.Name, "is not a Kubernetes name", "use lower-case letters, digits and dashes, beginning with a letter and ending with a letter or digit");
    }

    /// <summary>Whether a text may be a job's name.</summary>
    public static bool IsName(string text) => text.Length <= LongestName && Name().IsMatch(text);

    [GeneratedRegex(NamePattern, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
