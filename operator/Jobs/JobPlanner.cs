namespace FedOperator.Operator.Jobs;

/// <summary>Decides what one pass does: a pure function of what is observed, the settings, and the time.</summary>
internal static class JobPlanner
{
    /// <summary>The plan for a job.</summary>
    public static JobPlan Plan(ObservedJob job, OperatorSettings settings, DateTimeOffset now) => throw new NotImplementedException();
}
