using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Local;

/// <summary>A plan as it governs.</summary>
/// <param name="Plan">The one in the ledger.</param>
/// <param name="Target">Train rounds: the plan's, or more where the job has grown.</param>
/// <param name="Existed">True where an earlier run wrote it.</param>
/// <param name="Refusal">Null, or why the manifest does not fit it.</param>
internal sealed record GoverningPlan(Plan Plan, int Target, bool Existed, string? Refusal);

/// <summary>The plan of a run on this machine: published where its folder has none, and otherwise resumed.</summary>
internal static class LocalPlan
{
    /// <summary>Publishes the manifest's plan, or compares it with the one that is there. More rounds than at the start are told to the aggregator by control.json.</summary>
    /// <exception cref="InvalidDataException">The ledger's plan.json is not a plan.</exception>
    public static async Task<GoverningPlan> GovernAsync(BlobStores stores, FederatedJob job, string id, CancellationToken cancellationToken)
    {
        var global = stores.Container(LedgerPaths.GlobalContainer(id));
        var read = await global.ReadAsync(PlanJson.BlobName, LedgerPaths.MaximumDocumentLength, ifNoneMatch: null, cancellationToken).ConfigureAwait(false);
        if (read.Status != BlobReadStatus.Found)
        {
            var plan = Planning.Resolve(job, id);
            await PlanPublication.PublishAsync(stores, plan, cancellationToken).ConfigureAwait(false);
            return new GoverningPlan(plan, plan.Rounds, Existed: false, Refusal: null);
        }

        var first = PlanJson.Read(read.Content.Span);
        var wanted = Planning.Resolve(job, id, first.Training.Schedule.Rounds);
        // Both by this version: the first plan may be of an earlier one, which knew fewer members.
        if (wanted.Hash != PlanHash.Of(first))
            return new GoverningPlan(first, first.Rounds, Existed: true, $"{global.Name}/{PlanJson.BlobName}: the plan {first.Hash} is already running there, and the manifest's is {wanted.Hash}; use another --out, or delete the folder to start anew.");
        // What another run said of lost clients is no longer so.
        var grown = wanted.Rounds > first.Rounds ? wanted.Rounds : (int?)null;
        var control = await ControlAsync(global, before => before is null && grown is null ? null : new ControlDocument { Rounds = grown ?? before?.Rounds }, cancellationToken).ConfigureAwait(false);
        return new GoverningPlan(first, Math.Max(first.Rounds, control?.Rounds ?? 0), Existed: true, Refusal: null);
    }

    /// <summary>Tells the aggregator whom not to wait for.</summary>
    public static Task LostAsync(IBlobStore global, IReadOnlyList<string> clients, CancellationToken cancellationToken) =>
        ControlAsync(global, before => (before ?? new ControlDocument()) with { Lost = [.. clients.Order(StringComparer.Ordinal)] }, cancellationToken);

    /// <summary>Changes control.json; null: there is none, and none is needed.</summary>
    private static async Task<ControlDocument?> ControlAsync(IBlobStore global, Func<ControlDocument?, ControlDocument?> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = await global.ReadDocumentAsync(LedgerPaths.Control, LedgerJson.Default.ControlDocument, cancellationToken).ConfigureAwait(false);
            var control = change(before?.Document);
            if (control is null || await PlanPublication.ControlAsync(global, control, before, cancellationToken).ConfigureAwait(false) is not null)
                return control;
        }
    }
}
