using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Operator.Jobs;
using k8s.Models;

namespace FedOperator.Operator.Children;

/// <summary>Makes a job's pods: a pure function of job, plan and settings.</summary>
/// <param name="key">Where the job is.</param>
/// <param name="uid">Its uid: the pods' owner.</param>
/// <param name="job">A valid job whose podTemplates have no problems.</param>
/// <param name="plan">The plan that governs.</param>
/// <param name="settings">The operator's.</param>
#pragma warning disable CS9113
internal sealed class JobPods(JobKey key, string uid, FederatedJob job, Plan plan, OperatorSettings settings)
{
    /// <summary>Names of the processes that have a pod: `aggregator`, and the clients of the plan that are not external, in ordinal order.</summary>
    public IReadOnlyList<string> Processes => throw new NotImplementedException();

    /// <summary>A process's pod; null where the spec has no such client any more.</summary>
    public V1Pod? Pod(string process, int attempt) => throw new NotImplementedException();
}
