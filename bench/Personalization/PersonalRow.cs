using System.Text.Json;
using System.Text.Json.Serialization;
using FedOperator.Bench.Cells;
using FedOperator.Core.Ledger;

namespace FedOperator.Bench.Personalization;

/// <summary>A row of bench/results/personalization.json.</summary>
/// <param name="Method">A name of <see cref="PersonalPlan"/>.</param>
/// <param name="Model">resnet8 or mobilenetV1.</param>
/// <param name="Blocks">Where the network is cut, in units from the classifier.</param>
/// <param name="ClassesPerClient">Of the data's ten.</param>
/// <param name="AccuracyMean">Own models on their clients' test splits: mean over clients, then over the seeds that did not diverge; 0 where all did.</param>
/// <param name="AccuracyWorst">The same of the lowest client of each seed.</param>
/// <param name="Spread">Standard deviation (n - 1) over the seeds of the mean over clients.</param>
/// <param name="ClientSpread">Standard deviation (n - 1) over the clients of a seed, mean over the seeds.</param>
/// <param name="GlobalMean">The global model on the same splits; null where that is the own model.</param>
/// <param name="LearningRate">The tuned one.</param>
/// <param name="Runs">By seed.</param>
/// <param name="Tuning">Validation accuracy by learning rate; 0: diverged.</param>
/// <param name="CpuSeconds">Processor time of the cell.</param>
internal sealed record PersonalRow(
    string Method, string Model, int Blocks, int ClassesPerClient, double AccuracyMean, double AccuracyWorst, double Spread, double ClientSpread, double? GlobalMean, double LearningRate,
    IReadOnlyList<PersonalRun> Runs, IReadOnlyDictionary<double, double> Tuning, double CpuSeconds)
{
    /// <summary>As <see cref="PersonalCell.Key"/>.</summary>
    [JsonIgnore]
    public string Key => new PersonalCell(Method, Model, Blocks, ClassesPerClient).Key;

    /// <summary>How many seeds diverged.</summary>
    [JsonIgnore]
    public int Diverged => Runs.Count(r => r.Clients.Count == 0);

    public static PersonalRow Of(PersonalCell cell, double rate, IReadOnlyDictionary<double, double> tuning, IReadOnlyList<PersonalRun> runs, TimeSpan cpu)
    {
        double Over(Func<PersonalRun, double> figure) => Math.Round(runs.Where(r => r.Clients.Count > 0).Select(figure).DefaultIfEmpty(0).Average(), 4);
        var (_, spread) = OverSeeds.Of([.. runs.Where(r => r.Clients.Count > 0).Select(r => r.Mean()).DefaultIfEmpty(0)]);
        return new PersonalRow(
            cell.Method, cell.Model, cell.Blocks, cell.ClassesPerClient, Over(r => r.Mean()), Over(r => r.Clients.Min()), spread, Over(r => OverSeeds.Of(r.Clients).Deviation),
            runs.Any(r => r.Global is not null) ? Over(r => r.Global!.Average()) : null, rate, runs, tuning, Math.Round(cpu.TotalSeconds, 1));
    }
}

/// <summary>One seed's accuracies after the last round.</summary>
/// <param name="Clients">Each client's own model on its test split, in the order of their names; empty: the job diverged.</param>
/// <param name="Global">The global model on the same; null where that is the own model.</param>
internal sealed record PersonalRun(IReadOnlyList<double> Clients, IReadOnlyList<double>? Global)
{
    /// <summary>A job that diverged.</summary>
    public static PersonalRun Failed { get; } = new([], null);

    /// <summary>What the clients reported in the last evaluation.</summary>
    public static PersonalRun Of(RoundMetrics metrics)
    {
        var clients = metrics.Clients.Where(c => c.Evaluation is { Samples: > 0 }).OrderBy(c => c.Client, StringComparer.Ordinal).ToList();
        var global = clients.Where(c => c.GlobalEvaluation is not null).Select(c => Math.Round(c.GlobalEvaluation!.Accuracy(), 4)).ToList();
        return new PersonalRun(clients.ConvertAll(c => Math.Round(c.Evaluation!.Accuracy(), 4)), global.Count == clients.Count ? global : null);
    }

    /// <summary>Mean over clients; 0 where the job diverged.</summary>
    public double Mean() => Clients.DefaultIfEmpty(0).Average();
}

/// <summary>bench/results/personalization.json.</summary>
/// <param name="Machine">Processor, cores.</param>
/// <param name="Date">UTC, of the newest row.</param>
/// <param name="Budget">Of each cell.</param>
/// <param name="Rows">The comparison.</param>
internal sealed record PersonalComparison(string Machine, string Date, PersonalBudget Budget, IReadOnlyList<PersonalRow> Rows);

/// <summary>How rows and results are read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PersonalComparison))]
[JsonSerializable(typeof(PersonalRow))]
internal sealed partial class PersonalJson : JsonSerializerContext
{
    /// <summary>On one line: what a worker prints.</summary>
    public static PersonalJson Line { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web));
}
