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

    /// <summary>Writes control.json, if what is there is still what was read.</summary>
    /// <param name="global">The job's global container.</param>
    /// <param name="control">What it is to say.</param>
    /// <param name="before">As it was read; null: there was none.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <returns>Null: somebody else has written it since.</returns>
    public static async Task<Stored<ControlDocument>?> ControlAsync(IBlobStore global, ControlDocument control, Stored<ControlDocument>? before, CancellationToken cancellationToken)
    {
        var content = LedgerJson.Write(control, LedgerJson.Default.ControlDocument);
        var etag = before is null
            ? await global.CreateAsync(LedgerPaths.Control, content, cancellationToken).ConfigureAwait(false)
            : await global.WriteAsync(LedgerPaths.Control, content, before.ETag, cancellationToken).ConfigureAwait(false);
        return etag is null ? null : new Stored<ControlDocument>(control, LedgerJson.Sha256(content), etag);
    }
}
