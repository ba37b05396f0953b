using System.Globalization;
using FedOperator.Bench.Cells;
using FedOperator.Core.Inspection;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Inspection;
using FedOperator.Trainer.Training;

namespace FedOperator.Bench.Normalization;

/// <summary>`bench normalization-batch`: the effects of Rethinking "Batch" in BatchNorm (arXiv 2105.07576) on Fashion-MNIST: which batch statistics are of in training, and which in inference.</summary>
internal sealed class BatchBench(FashionData data, CancellationToken cancellationToken)
{
    private const int SingleRounds = 1000, ClientRounds = 250, PopulationSamples = 4000;
    private const double Rate = 0.1;
    private static readonly int[] s_seeds = [1, 2, 3], s_batches = [2, 4, 16, 64];
    private readonly List<BatchRow> _rows = [];

    /// <summary>Measures all, and writes bench/results/normalization-batch.json.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var bench = new BatchBench(FashionData.Read(FashionData.Folder), cancellationToken);
        await bench.ByBatchSizeAsync();
        await bench.ByDomainAsync();
        new BatchResult(BenchResult.ThisMachine(), TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), bench._rows).Write(BatchResult.Batch);
    }

    // One machine, batches of 64, BatchNorm over ghost batches of them.
    private async Task ByBatchSizeAsync()
    {
        foreach (var size in s_batches)
        {
            string[] ghost = size < 64 ? ["training.batchSize=64", FormattableString.Invariant($"normalization.ghostBatchSize={size}")] : ["training.batchSize=64"];
            var by = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
            foreach (var seed in s_seeds)
            {
                using var plain = await TrainAsync(new Cell("centralizedBN", "iid", 1, ghost), seed, SingleRounds);
                Inspect(plain, size, PopulationSamples, by, seed == s_seeds[0] && size == 16, size == 64);
                using var frozen = await TrainAsync(new Cell("centralizedBN", "iid", 1, [.. ghost, FormattableString.Invariant($"normalization.freezeAtRound={SingleRounds - (SingleRounds / 5) + 1}")]), seed, SingleRounds);
                Add(by, "frozen for the last fifth of training, running", frozen.Accuracy);
            }
            Close("batchSize", FormattableString.Invariant($"{size}"), by);
        }
    }

    // Ten clients, each with a camera of its own.
    private async Task ByDomainAsync()
    {
        foreach (var (scheme, training) in new[] { ("federatedGradient", "shared"), ("local", "per domain") })
        {
            var by = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
            foreach (var seed in s_seeds)
            {
                using var job = await TrainAsync(new Cell(scheme, "featureShift", 1, []), seed, ClientRounds);
                var rows = job.Inspect(32, PopulationSamples, cancellationToken);
                Add(by, "population shared, affine shared", Accuracy(rows, InspectedStatistics.PrecisePooled));
                Add(by, "population per domain, affine shared", Accuracy(rows, InspectedStatistics.PerClient));
            }
            Close("domains", $"training {training}", by);
        }
        var personal = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
        foreach (var seed in s_seeds)
        {
            using var job = await TrainAsync(new Cell("perClient", "featureShift", 1, []), seed, ClientRounds);
            var clients = new PersonalPopulation(job.Job, job.Checkpoint, job.Data, PopulationSamples / FashionData.Clients);
            Add(personal, "population shared, affine per domain", clients.Shared(cancellationToken));
            Add(personal, "population per domain, affine per domain", clients.Own(cancellationToken));
        }
        Close("domains", "training per domain", personal);
    }

    private void Inspect(Trained job, int size, int samples, SortedDictionary<string, List<double>> by, bool varySamples, bool varyInference)
    {
        var rows = job.Inspect(size, samples, cancellationToken);
        Add(by, "running", Accuracy(rows, InspectedStatistics.Running));
        Add(by, "precise, pooled", Accuracy(rows, InspectedStatistics.PrecisePooled));
        Add(by, "precise, batches as in training", Accuracy(rows, InspectedStatistics.PreciseBatch));
        Add(by, "mini-batch, as large as in training", Accuracy(rows, InspectedStatistics.MiniBatch, size));
        if (varyInference)
        {
            foreach (var row in rows.Rows.Where(r => r.Statistics is InspectedStatistics.MiniBatch or InspectedStatistics.MiniBatchSorted))
                Add(by, FormattableString.Invariant($"inference: mini-batches of {row.BatchSize}{(row.Statistics == InspectedStatistics.MiniBatchSorted ? ", sorted by class" : "")}"), row.Sums.Accuracy());
        }
        if (!varySamples)
            return;
        foreach (var count in (int[])[64, 256, 1000, 4000])
        {
            foreach (var batch in s_batches)
                Add(by, FormattableString.Invariant($"samples: {count} in batches of {batch}"), Accuracy(job.Inspect(batch, count, cancellationToken), InspectedStatistics.PreciseBatch));
            Add(by, FormattableString.Invariant($"samples: {count} pooled"), Accuracy(job.Inspect(64, count, cancellationToken), InspectedStatistics.PrecisePooled));
        }
    }

    private static double Accuracy(InspectionDocument document, InspectedStatistics statistics, int? size = null) =>
        document.Rows.First(r => r.Statistics == statistics && (size is null || r.BatchSize == size)).Sums.Accuracy();

    private static void Add(SortedDictionary<string, List<double>> by, string statistics, double accuracy)
    {
        if (!by.TryGetValue(statistics, out var list))
            by.Add(statistics, list = []);
        list.Add(accuracy);
    }

    private void Close(string effect, string training, SortedDictionary<string, List<double>> by)
    {
        foreach (var (statistics, accuracies) in by)
        {
            var of = statistics.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon ? (statistics[..colon], statistics[(colon + 2)..]) : (effect, statistics);
            _rows.Add(BatchRow.Of(of.Item1, training, of.Item2, accuracies));
            Console.WriteLine($"{of.Item1,-10} {training,-20} {of.Item2,-50} {_rows[^1].Accuracy:F4} +- {_rows[^1].Spread:F4}");
        }
    }

    private async Task<Trained> TrainAsync(Cell cell, int seed, int rounds)
    {
        var run = new CellRun(cell, Rate, seed, rounds, "test");
        var plan = CellPlan.Of(run);
        Trainer.Data.ClientData Data(PlannedClient client) => data.Of(plan, client, cell.Data, "test");
        var job = await InProcessJob.CreateAsync(plan, Data, cancellationToken);
        try
        {
            var closed = await job.RunAsync(cancellationToken);
            var checkpoint = await job.Job.Ledger.Global.ReadAsync(closed.Checkpoint.Name, closed.Checkpoint.Length, ifNoneMatch: null, cancellationToken);
            return new Trained(job, [.. TensorFile.Read(closed.Checkpoint.Name, checkpoint.Content)], closed.Metrics.Evaluation!.Accuracy(), Data);
        }
        catch
        {
            job.Dispose();
            throw;
        }
    }

    /// <summary>A job that has run: its clients, and its last checkpoint.</summary>
    private sealed record Trained(InProcessJob Job, IReadOnlyList<TensorContent> Checkpoint, double Accuracy, Func<PlannedClient, Trainer.Data.ClientData> Data) : IDisposable
    {
        /// <summary>What `fed inspect` says of it, with mini-batches of that size and so many training samples.</summary>
        public InspectionDocument Inspect(int batchSize, int samples, CancellationToken cancellationToken)
        {
            var plan = Job.Job.Plan with { Normalization = Job.Job.Plan.Normalization with { PopulationBatchSize = batchSize } };
            var shards = plan.Clients.Select(client =>
            {
                var own = Data(client);
                var order = new Draws(plan.Seed, "statistics", client.Name).Permutation(own.Train.Count);
                return new InspectedShard(client.Name, own.Train.Take(order.AsSpan(0, samples / plan.Clients.Count)), own.Test);
            }).ToList();
            using var inspection = new CheckpointInspection(plan, shards, Checkpoint);
            return inspection.Run("checkpoint", cancellationToken);
        }

        public void Dispose() => Job.Dispose();
    }
}
