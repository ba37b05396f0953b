using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Bench.Cells;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Bench.Normalization;

/// <summary>The job of one run: the small cnn, 10 clients, batches of 32.</summary>
/// <remarks>
/// With one local step the clients' updates are gradients, and momentum (0.9) and clipping (to norm 1) are the server's; with more they are each client's own, its momentum starting anew each round.
/// Warm-up over the first twentieth of the rounds, then a cosine. A centralized run is one client with all the data, batches of 320, one local step a round.
/// </remarks>
internal static class CellPlan
{
    private const int BatchSize = 32;
    private const double ClipNorm = 1, Momentum = 0.9;

    /// <summary>The plan of a run.</summary>
    public static Plan Of(CellRun run)
    {
        var centralized = Schemes.Centralized.ContainsKey(run.Cell.Scheme);
        var rounds = run.Rounds;
        var oneStep = run.Cell.LocalSteps == 1;
        var spec = new FederatedJobSpec
        {
            Rounds = rounds,
            Seed = run.Seed,
            Model = new ModelSpec(),
            Data = new DataSpec { Partition = FashionData.PartitionOf(run.Cell.Data) },
            Training = new TrainingSpec
            {
                LocalSteps = run.Cell.LocalSteps,
                BatchSize = centralized ? BatchSize * FashionData.Clients : BatchSize,
                Optimizer = new OptimizerSpec { LearningRate = run.LearningRate, Momentum = oneStep ? 0 : Momentum },
                Schedule = new ScheduleSpec { Name = ScheduleName.Cosine, WarmupRounds = Math.Max(1, rounds / 20) },
                ClipNorm = oneStep ? null : ClipNorm,
            },
            Normalization = Schemes.Of(run.Cell.Scheme, rounds),
            Aggregation = oneStep
                ? new AggregationSpec { ClipNorm = ClipNorm * run.LearningRate, Server = new ServerSpec { Momentum = Momentum } }
                : new AggregationSpec(),
            Evaluation = new EvaluationSpec { EveryRounds = rounds + 1 },
            Clients = [new ClientGroup { Name = "edge", Replicas = centralized ? 1 : FashionData.Clients }],
            Storage = new StorageSpec { Volume = new VolumeStorageSpec { ClaimName = "bench" }, Retention = new RetentionSpec { UpdateRounds = 0, Checkpoints = 1 } },
        };
        var job = new FederatedJob { ApiVersion = FederatedJob.Version, Kind = FederatedJob.KindName, Metadata = new JobMetadata { Name = "bench" }, Spec = Changed(spec, run.Cell.Changes) };
        return Planning.Resolve(job, "bench");
    }

    // The same path that a manifest takes, so that a field is written as a user writes it.
    private static FederatedJobSpec Changed(FederatedJobSpec spec, IReadOnlyList<string> changes)
    {
        var node = JsonSerializer.SerializeToNode(spec, ApiJson.Default.FederatedJobSpec)!;
        foreach (var change in changes)
        {
            var (path, value) = (change[..change.IndexOf('=', StringComparison.Ordinal)].Split('.'), change[(change.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            var at = path[..^1].Aggregate(node, (parent, name) => parent[name] ??= new JsonObject());
            at[path[^1]] = value.Length == 0 ? null : char.IsAsciiLetter(value[0]) && value is not ("true" or "false") ? JsonValue.Create(value) : JsonNode.Parse(value);
        }
        return node.Deserialize(ApiJson.Default.FederatedJobSpec)!;
    }
}
