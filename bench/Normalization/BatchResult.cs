using System.Text.Json;
using System.Text.Json.Serialization;
using FedOperator.Bench.Cells;

namespace FedOperator.Bench.Normalization;

/// <summary>One figure about statistics of batches (arXiv 2105.07576).</summary>
/// <param name="Effect">Which of the tables: batchSize, samples, inference, domains, attack.</param>
/// <param name="Training">What was trained: the normalization batch size, the scheme, or how moments were merged.</param>
/// <param name="Statistics">What inference normalized with, or the attack.</param>
/// <param name="Accuracy">Test accuracy, mean over the seeds.</param>
/// <param name="Spread">Standard deviation over the seeds (n - 1).</param>
internal sealed record BatchRow(string Effect, string Training, string Statistics, double Accuracy, double Spread)
{
    public static BatchRow Of(string effect, string training, string statistics, IReadOnlyList<double> accuracies)
    {
        var (mean, deviation) = OverSeeds.Of(accuracies);
        return new BatchRow(effect, training, statistics, mean, deviation);
    }
}

/// <summary>bench/results/normalization-batch.json and normalization-attack.json.</summary>
/// <param name="Machine">Processor, cores.</param>
/// <param name="Date">UTC.</param>
/// <param name="Rows">In the order of the tables.</param>
internal sealed record BatchResult(string Machine, string Date, IReadOnlyList<BatchRow> Rows)
{
    public const string Batch = "normalization-batch", Attack = "normalization-attack";

    /// <summary>What has been measured; null: nothing.</summary>
    public static BatchResult? Read(string name)
    {
        var file = Path.Join(BenchResult.Folder, name + ".json");
        return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), BatchJson.Default.BatchResult) : null;
    }

    public void Write(string name)
    {
        File.WriteAllText(Path.Join(BenchResult.Folder, name + ".json"), JsonSerializer.Serialize(this, BatchJson.Default.BatchResult) + "\n");
        Console.WriteLine($"written: bench/results/{name}.json");
    }
}

/// <summary>How it is read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(BatchResult))]
internal sealed partial class BatchJson : JsonSerializerContext;
