using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>Which containers a job has. See docs/protocol.md.</summary>
internal static class Containers
{
    /// <summary>True where some of the model's tensors stay with the clients.</summary>
    public static bool HasPersonalTensors(Plan plan) =>
        plan.Personalization.KeepsUnits(plan.Model.Architecture) || plan.Normalization is { Layer: NormalizationLayer.Batch, Scope: not NormalizationScope.Shared };

    /// <summary>True where clients keep state of their own between rounds: personal tensors, or an optimizer's.</summary>
    public static bool HasPersonalState(Plan plan) => HasPersonalTensors(plan) || plan.Training.Optimizer.State == OptimizerState.Keep;

    /// <summary>True for a client with a container of its own: for its state, and, outside the cluster, for its next credential.</summary>
    public static bool HasPrivate(Plan plan, PlannedClient client) => client.External || HasPersonalState(plan);

    /// <summary>All of a job's containers, the global one first.</summary>
    public static IReadOnlyList<string> All(Plan plan) =>
        [LedgerPaths.GlobalContainer(plan.Job), .. plan.Clients.SelectMany(client => HasPrivate(plan, client)
            ? (string[])[LedgerPaths.ExchangeContainer(plan.Job, client.Name), LedgerPaths.PrivateContainer(plan.Job, client.Name)]
            : [LedgerPaths.ExchangeContainer(plan.Job, client.Name)])];
}
