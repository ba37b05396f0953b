using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>The names of a job's containers. See docs/protocol.md.</summary>
internal static class Containers
{
    /// <summary>`fj-ID`: plan, checkpoints, rounds. Clients read it.</summary>
    public static string Global(string job) => "fj-" + job;

    /// <summary>`fj-ID-CLIENT`: what a client uploads. The aggregator reads it.</summary>
    public static string Exchange(string job, string client) => $"fj-{job}-{client}";

    /// <summary>`fj-ID-p-CLIENT`: what stays with a client. Nobody else reads it.</summary>
    public static string Private(string job, string client) => $"fj-{job}-p-{client}";

    /// <summary>True where clients keep state of their own between rounds: personal tensors, or an optimizer's.</summary>
    public static bool HasPersonalState(Plan plan) =>
        plan.Personalization is { Method: PersonalizationMethod.FedPer, Blocks: > 0 } || plan.Training.Optimizer.State == OptimizerState.Keep;

    /// <summary>All of a job's containers, the global one first.</summary>
    public static IReadOnlyList<string> All(Plan plan) =>
        [Global(plan.Job), .. plan.Clients.SelectMany(client => HasPersonalState(plan)
            ? (string[])[Exchange(plan.Job, client.Name), Private(plan.Job, client.Name)]
            : [Exchange(plan.Job, client.Name)])];
}
