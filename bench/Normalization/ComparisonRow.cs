using System.Text.Json;
using System.Text.Json.Serialization;
using FedOperator.Bench.Cells;

namespace FedOperator.Bench.Normalization;

/// <summary>A row of bench/results/normalization.json.</summary>
/// <param name="Scheme">A name of <see cref="Schemes"/>.</param>
/// <param name="Data">iid, twoClasses, oneClass or featureShift.</param>
/// <param name="LocalSteps">Optimizer steps of a client in one round.</param>
/// <param name="Accuracy">Mean over the seeds, on the test split.</param>
/// <param name="Spread">Standard deviation over the seeds (n - 1).</param>
/// <param name="LearningRate">The tuned one.</param>
/// <param name="Default">Whether the product does this unless told otherwise.</param>
/// <param name="Changes">To the scheme's spec.</param>
/// <param name="Accuracies">By seed.</param>
/// <param name="Tuning">Validation accuracy by learning rate; 0: diverged.</param>
/// <param name="CpuSeconds">Processor time of the cell.</param>
internal sealed record ComparisonRow(
    string Scheme, string Data, int LocalSteps, double Accuracy, double Spread, double LearningRate, bool Default, IReadOnlyList<string> Changes,
    IReadOnlyList<double> Accuracies, IReadOnlyDictionary<double, double> Tuning, double CpuSeconds)
{
    /// <summary>As <see cref="Cell.Key"/>.</summary>
    [JsonIgnore]
    public string Key => new Cell(Scheme, Data, LocalSteps, Changes).Key;

    public static ComparisonRow Of(Cell cell, double rate, IReadOnlyDictionary<double, double> tuning, IReadOnlyList<double> accuracies, TimeSpan cpu)
    {
        var (mean, spread) = OverSeeds.Of(accuracies);
        return new ComparisonRow(cell.Scheme, cell.Data, cell.LocalSteps, mean, spread, rate, cell.Scheme == Schemes.Default && cell.Changes.Count == 0, cell.Changes, accuracies, tuning, Math.Round(cpu.TotalSeconds, 1));
    }
}

/// <summary>bench/results/normalization.json.</summary>
/// <param name="Machine">Processor, cores.</param>
/// <param name="Date">UTC, of the newest row.</param>
/// <param name="Budget">Of each cell.</param>
/// <param name="Rows">The comparison.</param>
internal sealed record Comparison(string Machine, string Date, CellBudget Budget, IReadOnlyList<ComparisonRow> Rows);

/// <summary>How rows and results are read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Comparison))]
[JsonSerializable(typeof(ComparisonRow))]
internal sealed partial class ComparisonJson : JsonSerializerContext
{
    /// <summary>On one line: what a worker prints.</summary>
    public static ComparisonJson Line { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web));
}
