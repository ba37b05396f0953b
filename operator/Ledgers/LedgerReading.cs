using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Ledgers;

/// <summary>What was read of a job's ledger.</summary>
internal sealed record LedgerMemory
{
    /// <summary>plan.json: once read, it never changes.</summary>
    public Plan? Plan { get; init; }

    /// <summary>progress.json.</summary>
    public Stored<ProgressDocument>? Progress { get; init; }

    /// <summary>control.json.</summary>
    public Stored<ControlDocument>? Control { get; init; }

    /// <summary>When <see cref="Control"/> was read; null: never.</summary>
    public DateTimeOffset? ControlRead { get; init; }

    /// <summary>What the closed.json that progress.json names says, where that one may be the last.</summary>
    public ClosedRound? Closed { get; init; }

    /// <summary>The clients' personal states, once the job has ended or is suspended.</summary>
    public KnownStates? States { get; init; }

    /// <summary>For the planner.</summary>
    public ObservedLedger Observed(LedgerTrouble? trouble)
    {
        var control = Control?.Document ?? new ControlDocument();
        return new ObservedLedger
        {
            Trouble = trouble,
            Plan = Plan,
            Control = control,
            Progress = Progress?.Document,
            // A job that has grown since goes on.
            Ended = Closed is { IsLast: true } last && (last.Failure is not null || last.Round.Number >= (control.Rounds ?? 0)),
            Failure = Closed?.Failure,
            Personal = States?.States,
        };
    }
}

/// <summary>What matters of a closed.json.</summary>
/// <param name="Round">Which round.</param>
/// <param name="IsLast">It names no next one.</param>
/// <param name="Failure">Why the job failed, if it did.</param>
internal sealed record ClosedRound(RoundKey Round, bool IsLast, Failure? Failure);

/// <summary>Reads a ledger with as few requests as will do: one that finds nothing new, where nothing is.</summary>
internal static class LedgerReading
{
    // control.json is ours, but the operator before this one may have written it last.
    private static readonly TimeSpan s_controlAge = TimeSpan.FromMinutes(1);

    /// <summary>What is known after a look for the plan, where it was not known.</summary>
    /// <exception cref="BlobStoreException">The store is out of reach.</exception>
    /// <exception cref="LedgerException">It is no plan.</exception>
    public static async Task<LedgerMemory> PlanAsync(IBlobStore global, LedgerMemory before, CancellationToken cancellationToken)
    {
        if (before.Plan is not null)
            return before;
        var read = await global.ReadAsync(LedgerPaths.Plan, LedgerPaths.MaximumDocumentLength, ifNoneMatch: null, cancellationToken).ConfigureAwait(false);
        if (read.Status != BlobReadStatus.Found)
            return before;
        try
        {
            return before with { Plan = PlanJson.Read(read.Content.Span) };
        }
        catch (InvalidDataException e)
        {
            throw new LedgerException($"{global.Name}/{e.Message}", e);
        }
    }

    /// <summary>What is known after a look at the rest.</summary>
    /// <exception cref="BlobStoreException">The store is out of reach.</exception>
    /// <exception cref="LedgerException">A document is not what it should be.</exception>
    public static async Task<LedgerMemory> ReadAsync(IBlobStore global, LedgerMemory before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The plan is written after the containers and before everything else.
        if (before.Plan is null)
            return before;
        var after = before;
        var progress = await global.ReadNewerAsync(LedgerPaths.Progress, before.Progress, LedgerJson.Default.ProgressDocument, cancellationToken).ConfigureAwait(false);
        var isNews = progress?.ETag != before.Progress?.ETag;
        if (isNews || before.ControlRead is not { } read || now - read >= s_controlAge)
        {
            var control = await global.ReadNewerAsync(LedgerPaths.Control, before.Control, LedgerJson.Default.ControlDocument, cancellationToken).ConfigureAwait(false);
            after = after with { Control = control, ControlRead = now };
        }
        return after with { Progress = progress, Closed = await ClosedAsync(global, progress?.Document, before.Closed, cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>progress.json is never the truth: where it speaks of an end, the closed.json that it names decides.</summary>
    private static async Task<ClosedRound?> ClosedAsync(IBlobStore global, ProgressDocument? progress, ClosedRound? known, CancellationToken cancellationToken)
    {
        if (progress?.Closed is not { } round || (progress.State is not (JobState.Complete or JobState.Failed) && progress.Round is { } at && at != round))
            return null;
        if (known?.Round == round)
            return known;
        return (await global.ReadDocumentAsync(LedgerPaths.Closed(round), LedgerJson.Default.ClosedDocument, cancellationToken).ConfigureAwait(false))?.Document is { } closed
            ? new ClosedRound(closed.Round, closed.Next is null, closed.Failure)
            : null;
    }
}
