using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Operator.Jobs;

/// <summary>A plan as it governs.</summary>
/// <param name="Plan">The one in the ledger.</param>
/// <param name="Target">Train rounds: the plan's, or more where the job has grown.</param>
/// <param name="Existed">True where an earlier run wrote it.</param>
/// <param name="Refusal">Null, or why the manifest does not fit it.</param>
internal sealed record Publication(Plan Plan, int Target, bool Existed, string? Refusal);

/// <summary>Puts a job's plan into its ledger, once: from then on the ledger's plan governs.</summary>
internal static class PlanPublication
{
    /// <summary>Writes plan.json if there is none; otherwise compares. More rounds than at the start are told to the aggregator by control.json.</summary>
    /// <exception cref="InvalidDataException">The ledger's plan.json is not a plan.</exception>
    public static async Task<Publication> PublishAsync(IBlobStore global, FederatedJob job, string id, CancellationToken cancellationToken)
    {
        var plan = Planning.Resolve(job, id);
        if (await global.CreateAsync(PlanJson.BlobName, PlanJson.Write(plan), cancellationToken).ConfigureAwait(false) is not null)
            return new Publication(plan, plan.Rounds, Existed: false, Refusal: null);
        var read = await global.ReadAsync(PlanJson.BlobName, LedgerPaths.MaximumDocumentLength, ifNoneMatch: null, cancellationToken).ConfigureAwait(false);
        var first = PlanJson.Read(read.Content.Span);
        var wanted = Planning.Resolve(job, id, first.Training.Schedule.Rounds);
        if (wanted.Hash != first.Hash)
            return new Publication(first, first.Rounds, Existed: true, $"{global.Name}/{PlanJson.BlobName}: the plan {first.Hash} is already running there, and the manifest's is {wanted.Hash}; use another --out, or delete the folder to start anew.");
        var control = await UpdateAsync(global, control => control with { Suspended = false, Rounds = wanted.Rounds > first.Rounds ? wanted.Rounds : control.Rounds, Lost = [] }, cancellationToken).ConfigureAwait(false);
        return new Publication(first, Math.Max(first.Rounds, control.Rounds ?? 0), Existed: true, Refusal: null);
    }

    /// <summary>Tells the aggregator whom not to wait for.</summary>
    public static Task LostAsync(IBlobStore global, IReadOnlyList<string> clients, CancellationToken cancellationToken) =>
        UpdateAsync(global, control => control with { Lost = [.. clients.Order(StringComparer.Ordinal)] }, cancellationToken);

    private static async Task<ControlDocument> UpdateAsync(IBlobStore global, Func<ControlDocument, ControlDocument> change, CancellationToken cancellationToken)
    {
        var stored = (await global.ReadDocumentAsync(LedgerPaths.Control, LedgerJson.Default.ControlDocument, cancellationToken).ConfigureAwait(false))?.Document;
        // Generated readers leave an absent list null.
        var before = stored is null ? new ControlDocument() : stored with { Lost = stored.Lost ?? [] };
        var after = change(before);
        if (stored is not null || after.Rounds is not null || after.Lost.Count > 0)
            await global.WriteAsync(LedgerPaths.Control, LedgerJson.Write(after, LedgerJson.Default.ControlDocument), ifMatch: null, cancellationToken).ConfigureAwait(false);
        return after;
    }
}
