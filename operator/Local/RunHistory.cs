using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;

namespace FedOperator.Operator.Local;

/// <summary>An evaluation of a global checkpoint.</summary>
/// <param name="Round">Train round of the checkpoint.</param>
/// <param name="Sums">Over all clients' test samples, each with its own model.</param>
/// <param name="Clients">Each client's own model, on its own shard.</param>
/// <param name="Own">The same in short; null where no client has a test sample.</param>
/// <param name="Globals">The global model on each client's shard; empty where nothing stays with the clients, or there are too many of them.</param>
internal sealed record Evaluation(int Round, SampleSums Sums, IReadOnlyDictionary<string, SampleSums> Clients, ClientAccuracy? Own, IReadOnlyDictionary<string, SampleSums> Globals)
{
    /// <summary>`mean 0.8123, worst 0.6543 (site-3), global model 0.5120`.</summary>
    public string? Spread() => Own is not { } own ? null
        : string.Create(CultureInfo.InvariantCulture, $"mean {own.Mean:F4}, worst {own.Worst:F4} ({own.WorstClient}){(own.GlobalModel is { } global ? string.Create(CultureInfo.InvariantCulture, $", global model {global:F4}") : "")}");
}

/// <summary>What the ledger says of a job's closed rounds: the only source of what fed shows. Read forwards, each document once.</summary>
/// <param name="target">Train rounds of the job, as known at the start.</param>
/// <param name="global">The job's global container.</param>
internal sealed class RunHistory(int target, IBlobStore global)
{
    private readonly List<ClosedDocument> _rounds = [];
    private readonly List<RoundExclusion> _exclusions = [];
    private RoundKey? _next;

    /// <summary>The closed rounds, oldest first.</summary>
    public IReadOnlyList<ClosedDocument> Rounds => _rounds;

    /// <summary>Who did not count in a round, and why; oldest first.</summary>
    public IReadOnlyList<RoundExclusion> Exclusions => _exclusions;

    /// <summary>The summary for whoever watches, as last read.</summary>
    public ProgressDocument? Progress { get; private set; }

    /// <summary>The newest closed train round; 0 before the first.</summary>
    public int TrainRound => _rounds.Count == 0 ? 0 : _rounds[^1].Round.Number;

    /// <summary>Train rounds of the job.</summary>
    public int Target => Math.Max(Progress?.Target ?? 0, target);

    /// <summary>Why the job failed, by its ledger; or null.</summary>
    public Failure? Failure => _rounds.Count == 0 ? null : _rounds[^1].Failure;

    /// <summary>True once the last round closed.</summary>
    public bool IsComplete => _rounds.Count > 0 && _rounds[^1] is { Next: null, Failure: null } last && last.Round.Number >= Target;

    /// <summary>The best checkpoint so far, by the ledger; null before the first evaluation.</summary>
    public BestCheckpoint? Best => _rounds.Count == 0 ? null : _rounds[^1].Best;

    /// <summary>The evaluations, oldest first.</summary>
    public IEnumerable<Evaluation> Evaluations => _rounds.Select(EvaluationOf).OfType<Evaluation>();

    /// <summary>The newest evaluation, or null.</summary>
    public Evaluation? NewestEvaluation { get; private set; }

    /// <summary>Reads what is new.</summary>
    /// <returns>How many rounds closed since the last look.</returns>
    public async Task<int> AdvanceAsync(CancellationToken cancellationToken)
    {
        Progress = (await global.ReadDocumentAsync(LedgerPaths.Progress, LedgerJson.Default.ProgressDocument, cancellationToken).ConfigureAwait(false))?.Document ?? Progress;
        var before = _rounds.Count;
        while (await NextAsync(cancellationToken).ConfigureAwait(false) is { } closed)
        {
            // A round that somebody missed: its cut says who, and why.
            if (closed.Failure is not null || closed.Clients.Any(c => c.Missed > 0))
                await ReadExclusionsAsync(closed.Round, cancellationToken).ConfigureAwait(false);
            _rounds.Add(closed);
            NewestEvaluation = EvaluationOf(closed) ?? NewestEvaluation;
        }
        return _rounds.Count - before;
    }

    private async Task<ClosedDocument?> NextAsync(CancellationToken cancellationToken)
    {
        if (_rounds.Count > 0)
            _next = _rounds[^1].Failure is null ? _rounds[^1].Next ?? Grown(_rounds[^1]) : null;
        // A job begins with the statistics of its first BatchNorm layer, or with training.
        RoundKey[] keys = _rounds.Count == 0 ? [new RoundKey(0, RoundKind.Statistics, 1), new RoundKey(1, RoundKind.Train)] : _next is { } next ? [next] : [];
        foreach (var key in keys)
        {
            if (await global.ReadDocumentAsync(LedgerPaths.Closed(key), LedgerJson.Default.ClosedDocument, cancellationToken).ConfigureAwait(false) is { } closed)
                return closed.Document;
        }
        return null;
    }

    /// <summary>A finished job that grew goes on after its last evaluation.</summary>
    private RoundKey? Grown(ClosedDocument last) => last.Round.Number < Target ? new RoundKey(last.Round.Number + 1, RoundKind.Train) : null;

    private async Task ReadExclusionsAsync(RoundKey round, CancellationToken cancellationToken)
    {
        if (await global.ReadDocumentAsync(LedgerPaths.Cut(round), LedgerJson.Default.CutDocument, cancellationToken).ConfigureAwait(false) is { } cut)
            _exclusions.AddRange(cut.Document.Excluded.Select(e => new RoundExclusion(round, e)));
    }

    // A train round evaluates its base: the checkpoint of the round before it.
    private static Evaluation? EvaluationOf(ClosedDocument closed) => closed.Metrics.Evaluation is not { Samples: > 0 } sums ? null : new Evaluation(
        closed.Round.Evaluates,
        sums,
        closed.Metrics.Clients.Where(c => c.Evaluation is { Samples: > 0 }).ToDictionary(c => c.Client, c => c.Evaluation!, StringComparer.Ordinal),
        closed.Metrics.ClientAccuracy(),
        closed.Metrics.Clients.Where(c => c.GlobalEvaluation is { Samples: > 0 }).ToDictionary(c => c.Client, c => c.GlobalEvaluation!, StringComparer.Ordinal));
}
