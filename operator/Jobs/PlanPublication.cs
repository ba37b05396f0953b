using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Operator.Jobs;

/// <summary>What the operator, or `fed run` in its place, writes into a job's ledger: the containers, the plan that governs from then on, and the hints of control.json.</summary>
internal static class PlanPublication
{
    private const int InFlight = 16;

    /// <summary>Creates the plan's containers, and then plan.json where there is none: where it is, they all are.</summary>
    /// <returns>False: a plan was there.</returns>
    public static async Task<bool> PublishAsync(BlobStores stores, Plan plan, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Containers.All(plan), options, async (container, token) => await stores.CreateContainerAsync(container, token).ConfigureAwait(false)).ConfigureAwait(false);
        return await stores.Container(LedgerPaths.GlobalContainer(plan.Job)).CreateAsync(PlanJson.BlobName, PlanJson.Write(plan), cancellationToken).ConfigureAwait(false) is not null;
    }

    /// <summary>Replaces control.json.</summary>
    public static async Task<Stored<ControlDocument>> ControlAsync(IBlobStore global, ControlDocument control, CancellationToken cancellationToken)
    {
        var content = LedgerJson.Write(control, LedgerJson.Default.ControlDocument);
        var etag = await global.WriteAsync(LedgerPaths.Control, content, ifMatch: null, cancellationToken).ConfigureAwait(false);
        return new Stored<ControlDocument>(control, LedgerJson.Sha256(content), etag!);
    }
}
