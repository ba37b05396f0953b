using FedOperator.Core.Api;

namespace FedOperator.Core.Ledger;

/// <summary>Sums over samples: divide once, at the end, never a mean of means.</summary>
/// <param name="Samples">How many.</param>
/// <param name="LossSum">Sum of the cross-entropy over them, in nats.</param>
/// <param name="Correct">How many had their class ranked first.</param>
public sealed record SampleSums(long Samples, double LossSum, long Correct)
{
    /// <summary>Mean loss, NaN without samples.</summary>
    public double Loss() => LossSum / Samples;

    /// <summary>Share of correct ones, NaN without samples.</summary>
    public double Accuracy() => (double)Correct / Samples;

    /// <summary>The sums over both.</summary>
    public SampleSums Plus(SampleSums other) => new(Samples + other.Samples, LossSum + other.LossSum, Correct + other.Correct);
}

/// <summary>What a round measured.</summary>
public sealed record RoundMetrics
{
    /// <summary>Of more clients than this, no document names each one's accuracies: it has a limit.</summary>
    public const int MostClientsNamed = 100;

    /// <summary>From this aggregator's opening (or takeover) to the close, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Of <see cref="Seconds"/>: waiting for reports, checks included.</summary>
    public double WaitSeconds { get; init; }

    /// <summary>Of <see cref="Seconds"/>: the reduction.</summary>
    public double ReduceSeconds { get; init; }

    /// <summary>L2 norm of the averaged update before clipping; null where it was not needed.</summary>
    public double? UpdateNorm { get; init; }

    /// <summary>Over the admitted clients' training batches; null unless a train round.</summary>
    public SampleSums? Training { get; init; }

    /// <summary>Over the admitted clients' test shards, each with its own model: the round's BASE checkpoint, and what stays with the client; null where the round did not evaluate.</summary>
    public SampleSums? Evaluation { get; init; }

    /// <summary>Of the same checkpoint without what stays with the clients: personal tensors as before round 1; null where nothing stays, or the round did not evaluate.</summary>
    public SampleSums? GlobalEvaluation { get; init; }

    /// <summary>Mean over clients of the accuracy behind <see cref="GlobalEvaluation"/>, whatever the number of their test samples; null with it.</summary>
    public double? GlobalModelAccuracy { get; init; }

    /// <summary>The layers that go far off, the gravest first, 20 at most; null where the round merged no moments.</summary>
    public IReadOnlyList<DriftAlarm>? FarOff { get; init; }

    /// <summary>Each admitted client, in ordinal order of names.</summary>
    public IReadOnlyList<ClientMetrics> Clients { get; init; } = [];

    /// <summary>The accuracies of the clients' own models; null where no client evaluated.</summary>
    public ClientAccuracy? ClientAccuracy()
    {
        var clients = Clients.Where(c => c.Evaluation is { Samples: > 0 }).Select(c => (c.Client, Accuracy: c.Evaluation!.Accuracy())).OrderBy(c => c.Accuracy).ThenBy(c => c.Client, StringComparer.Ordinal).ToList();
        return clients.Count == 0 ? null : new ClientAccuracy
        {
            Mean = clients.Average(c => c.Accuracy),
            Worst = clients[0].Accuracy,
            WorstClient = clients[0].Client,
            GlobalModel = GlobalModelAccuracy,
            Each = clients.Take(MostClientsNamed).OrderBy(c => c.Client, StringComparer.Ordinal).ToDictionary(c => c.Client, c => c.Accuracy, StringComparer.Ordinal),
        };
    }

    /// <summary>The client and layer furthest from the merged moments; null where the round merged none.</summary>
    public DriftRecord? LargestDrift() => Clients
        .SelectMany(c => c.Drift ?? new Dictionary<string, double>(StringComparer.Ordinal), (c, layer) => new DriftRecord(c.Client, layer.Key, layer.Value))
        .MaxBy(d => d.Divergence);
}

/// <summary>What one client's report said.</summary>
public sealed record ClientMetrics
{
    /// <summary>Its name.</summary>
    public required string Client { get; init; }

    /// <summary>Over its training batches.</summary>
    public SampleSums? Training { get; init; }

    /// <summary>Of its own model over its test shard.</summary>
    public SampleSums? Evaluation { get; init; }

    /// <summary>Of the global model over the same; null where nothing stays with the clients, and in a round of more than <see cref="RoundMetrics.MostClientsNamed"/>.</summary>
    public SampleSums? GlobalEvaluation { get; init; }

    /// <summary>Seconds it spent in training steps.</summary>
    public double TrainSeconds { get; init; }

    /// <summary>Seconds it spent evaluating.</summary>
    public double EvaluateSeconds { get; init; }

    /// <summary>Seconds from its seeing open.json to its report.</summary>
    public double Seconds { get; init; }

    /// <summary>BN drift by layer: symmetric KL divergence, in nats, between the client's moments and the merged ones, mean over channels.</summary>
    public IReadOnlyDictionary<string, double>? Drift { get; init; }
}
