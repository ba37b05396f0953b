using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Children;

/// <summary>What a job may say about its pods: `podTemplate`, `resources`, `data.volume`, read strictly.</summary>
internal static class PodTemplates
{
    /// <summary>Everything that is wrong with them; empty where the pods can be made.</summary>
    public static IReadOnlyList<Problem> Check(FederatedJob job, OperatorSettings settings) => throw new NotImplementedException();
}
