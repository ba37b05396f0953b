using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Trainer.Commands;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Rounds;
using FedOperator.Trainer.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace FedOperator.Bench.Exact;

/// <summary>`bench exact`: what a step of `normalization.training: exact` costs, beside `federated`, by the latency of the store: the real loops of aggregator and clients in one process, over a folder whose requests are delayed.</summary>
/// <remarks>Seconds in training steps as the clients report them, the slowest client of a round, the mean over the rounds after the first, by the steps.</remarks>
internal static class ExactStep
{
    private const int Steps = 4;
    private const int Rounds = 4;
    private const int Clients = 4;
    private const int Held = 64;
    private const int Layers = 3;

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var rows = new List<BenchRow>();
        foreach (var milliseconds in new[] { 0, 5, 20 })
        {
            var latency = TimeSpan.FromMilliseconds(milliseconds);
            var store = milliseconds == 0 ? "folder" : $"folder, each request {milliseconds} ms longer";
            var federated = await StepAsync(NormalizationTraining.Federated, latency, cancellationToken);
            var exact = await StepAsync(NormalizationTraining.Exact, latency, cancellationToken);
            rows.Add(BenchRow.Beside($"one step, {store}", "ms", exact, "federated", federated));
            rows.Add(new BenchRow($"... one exchange of its {2 * Layers}", "ms", Math.Round((exact - federated) / (2 * Layers), 2)));
        }

        BenchResult.Write("exact", rows, $"cnn of width 8 ({Layers} BatchNorm layers), {Clients} clients, {Steps} local steps of 32");
    }

    /// <summary>Milliseconds of a step.</summary>
    private static async Task<double> StepAsync(NormalizationTraining training, TimeSpan latency, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("fed-bench-exact-");
        try
        {
            var plan = Plan(training);
            plan = plan with { Hash = PlanHash.Of(plan) };
            JobLedger Ledger() => new(plan.Job, name => new SlowStore(new FileBlobStore(Path.Join(folder.FullName, name)), latency));
            var ledger = Ledger();
            await ledger.Global.CreateAsync(LedgerPaths.Plan, PlanJson.Write(plan), cancellationToken);
            await InitCommand.RunAsync(plan, ledger, file: null, cancellationToken);
            // As `trainer` does: 3 ms on a folder, 20 ms on a store that is far away.
            var pollFloor = TimeSpan.FromMilliseconds(latency == TimeSpan.Zero ? 3 : 20);
            var clients = plan.Clients.Select(c => Task.Run(() => ClientAsync(c, Ledger(), pollFloor, cancellationToken), cancellationToken)).ToList();
            var job = await JobReading.ContextAsync(Ledger(), pollFloor, cancellationToken);
            var outcome = await new AggregatorLoop(job, NullLogger<AggregatorLoop>.Instance).RunAsync(cancellationToken);
            await Task.WhenAll(clients);
            if (outcome.Failure is { } failure)
                throw new InvalidOperationException($"{failure.Reason}: {failure.Message}");
            var seconds = new List<double>();
            for (var round = 2; round <= Rounds; round++)
            {
                var closed = await ledger.Global.ReadDocumentAsync(LedgerPaths.Closed(new RoundKey(round, RoundKind.Train)), LedgerJson.Default.ClosedDocument, cancellationToken);
                seconds.Add(closed!.Document.Metrics.Clients.Max(c => c.TrainSeconds));
            }

            return 1000 * seconds.Average() / Steps;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task ClientAsync(PlannedClient client, JobLedger ledger, TimeSpan pollFloor, CancellationToken cancellationToken)
    {
        var job = await JobReading.ContextAsync(ledger, pollFloor, cancellationToken);
        var draws = new Draws(1, "bench", client.Name);
        var shape = job.Plan.Model.InputShape;
        var pixels = new byte[Held * shape[1] * shape[2]];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)draws.Below(256);
        var samples = new Samples(pixels, [.. Enumerable.Range(0, Held).Select(_ => (byte)draws.Below(10))], shape);
        var data = new ClientData(samples, samples);
        using var trainer = new LocalTrainer(job.Plan, client.Name, data);
        var work = new ClientWork(job, client, data, trainer, TimeSpan.FromSeconds(5));
        await new ClientLoop(job, client.Name, work, NullLogger<ClientLoop>.Instance).RunAsync(cancellationToken);
    }

    private static Plan Plan(NormalizationTraining training) => new()
    {
        Job = "bench",
        Hash = "",
        Rounds = Rounds,
        Seed = 1,
        Clients = [.. Enumerable.Range(0, Clients).Select(i => new PlannedClient($"site-{i}", false, DataFormat.Idx, new PartitionSpec(), i, Clients))],
        Model = new ModelSpec { Architecture = Architecture.Cnn, Width = 8 },
        Training = new TrainingSpec { LocalSteps = Steps, BatchSize = 32, Threads = 1 },
        Normalization = new NormalizationSpec { Training = training, BootstrapSamples = 32 },
        Personalization = new PersonalizationSpec(),
        Aggregation = new AggregationSpec { Weighting = Weighting.Processed },
        Evaluation = new EvaluationSpec { EveryRounds = 1000 },
        Participation = new ParticipationSpec(),
        StartupDeadlineSeconds = 60,
        Retention = new RetentionSpec(),
    };
}
