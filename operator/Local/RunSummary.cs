using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Local;

/// <summary>summary.json: a run in figures.</summary>
internal sealed record RunSummary
{
    /// <summary>The manifest's name.</summary>
    public required string Job { get; init; }

    /// <summary>`Complete`, `Failed` or `Stopped`.</summary>
    public required string State { get; init; }

    /// <summary>Why, unless complete.</summary>
    public string? Message { get; init; }

    /// <summary>Closed train rounds.</summary>
    public required int Rounds { get; init; }

    /// <summary>Train rounds of the job.</summary>
    public required int Target { get; init; }

    /// <summary>Newest global accuracy; null before the first evaluation.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Mean loss of the same evaluation, in nats.</summary>
    public double? Loss { get; init; }

    /// <summary>Train round whose checkpoint that evaluation was of.</summary>
    public int? EvaluatedRound { get; init; }

    /// <summary>Test samples of that evaluation.</summary>
    public long? TestSamples { get; init; }

    /// <summary>Mean over clients of the accuracy of each one's own model on its own test data, in that evaluation.</summary>
    public double? MeanClientAccuracy { get; init; }

    /// <summary>Lowest accuracy of a client in that evaluation.</summary>
    public double? WorstClientAccuracy { get; init; }

    /// <summary>Whose that is.</summary>
    public string? WorstClient { get; init; }

    /// <summary>Mean over clients of the global model's accuracy on the same data: what is shared, the rest as before round 1. Null where nothing stays with the clients.</summary>
    public double? GlobalModelAccuracy { get; init; }

    /// <summary>Best global accuracy; null before the first evaluation.</summary>
    public double? BestAccuracy { get; init; }

    /// <summary>Train round whose checkpoint has it: the ledger keeps that one too.</summary>
    public int? BestRound { get; init; }

    /// <summary>By the clock of this machine: this invocation of fed.</summary>
    public required double Seconds { get; init; }

    /// <summary>Of all closed rounds.</summary>
    public required double RoundSeconds { get; init; }

    /// <summary>Of <see cref="RoundSeconds"/>: the slowest client's training, summed over rounds.</summary>
    public required double TrainSeconds { get; init; }

    /// <summary>The plan.</summary>
    public required string PlanHash { get; init; }

    /// <summary>Path of the copied checkpoint; null where there is none.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>SHA-256 of the checkpoint.</summary>
    public string? CheckpointSha256 { get; init; }

    /// <summary>Restarts in this invocation, by process.</summary>
    public required IReadOnlyDictionary<string, int> Restarts { get; init; }

    /// <summary>Exclusions, by reason.</summary>
    public required IReadOnlyDictionary<string, int> Exclusions { get; init; }

    /// <summary>Accuracy of each client's own model on its shard in the newest evaluation.</summary>
    public required IReadOnlyDictionary<string, double> Clients { get; init; }

    /// <summary>Accuracy of the global model on each client's shard; null where nothing stays with the clients, or they are more than 100.</summary>
    public IReadOnlyDictionary<string, double>? GlobalModel { get; init; }

    /// <summary>Sums up a run.</summary>
    public static RunSummary Of(string name, Plan plan, RunHistory history, RunEnd end, TimeSpan elapsed, IReadOnlyDictionary<string, int> restarts)
    {
        var evaluation = history.NewestEvaluation;
        var train = history.Rounds.Where(r => r.Round.Kind == RoundKind.Train).ToList();
        return new RunSummary
        {
            Job = name,
            State = end.State.ToString(),
            Message = end.Message ?? history.Failure?.Message,
            Rounds = history.TrainRound,
            Target = history.Target,
            Accuracy = evaluation?.Sums.Accuracy(),
            Loss = evaluation?.Sums.Loss(),
            EvaluatedRound = evaluation?.Round,
            TestSamples = evaluation?.Sums.Samples,
            BestAccuracy = history.Best?.Accuracy,
            BestRound = history.Best?.Round,
            MeanClientAccuracy = evaluation?.Own?.Mean,
            WorstClientAccuracy = evaluation?.Own?.Worst,
            WorstClient = evaluation?.Own?.WorstClient,
            GlobalModelAccuracy = evaluation?.Own?.GlobalModel,
            Seconds = Math.Round(elapsed.TotalSeconds, 3),
            RoundSeconds = Math.Round(history.Rounds.Sum(r => r.Metrics.Seconds), 3),
            TrainSeconds = Math.Round(train.Sum(r => r.Metrics.Clients.Select(c => c.TrainSeconds).DefaultIfEmpty().Max()), 3),
            PlanHash = plan.Hash,
            Restarts = restarts,
            Exclusions = history.Exclusions.GroupBy(e => JsonNamingPolicy.CamelCase.ConvertName(e.Exclusion.Reason.ToString()), StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal),
            Clients = Accuracies(evaluation?.Clients ?? new Dictionary<string, SampleSums>(StringComparer.Ordinal)),
            GlobalModel = evaluation is { Globals: { Count: > 0 } globals } ? Accuracies(globals) : null,
        };
    }

    private static Dictionary<string, double> Accuracies(IReadOnlyDictionary<string, SampleSums> clients) =>
        clients.OrderBy(c => c.Key, StringComparer.Ordinal).ToDictionary(c => c.Key, c => c.Value.Accuracy(), StringComparer.Ordinal);

    /// <summary>The last line of `fed run`.</summary>
    public string Line() => string.Create(CultureInfo.InvariantCulture,
        $"fed: job={Job} state={State} rounds={Rounds} accuracy={Accuracy?.ToString("F4", CultureInfo.InvariantCulture) ?? "-"} seconds={Seconds:F1} checkpoint={Checkpoint ?? "-"}");

    /// <summary>Writes summary.json.</summary>
    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, RunSummaryJson.Default.RunSummary) + "\n");
}

/// <summary>summary.json, written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RunSummary))]
internal sealed partial class RunSummaryJson : JsonSerializerContext;
