using System.Globalization;
using System.Text.Json;
using FedOperator.Bench.Cells;

namespace FedOperator.Bench.Personalization;

/// <summary>`bench personalization`: every method, by the classes that a client holds; resumable cell by cell.</summary>
internal static class PersonalizationBench
{
    /// <summary>Measures the cells that have no row yet, and writes after each.</summary>
    /// <param name="budget">Of each cell.</param>
    /// <param name="full">`--full`: a file of its own.</param>
    /// <param name="only">Part of the keys of the cells to measure.</param>
    /// <param name="cancellationToken">Stops it; rows that are done stay.</param>
    public static async Task RunAsync(PersonalBudget budget, bool full, string only, CancellationToken cancellationToken)
    {
        var file = Path.Join(BenchResult.Folder, full ? "personalization-full.json" : "personalization.json");
        var comparison = File.Exists(file) ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, cancellationToken), PersonalJson.Default.PersonalComparison)! : new PersonalComparison(BenchResult.ThisMachine(), "", budget, []);
        // Rows of two budgets in one table would not compare.
        if (JsonSerializer.Serialize(comparison.Budget, PersonalJson.Default.PersonalBudget) != JsonSerializer.Serialize(budget, PersonalJson.Default.PersonalBudget))
            throw new InvalidDataException($"{file} has rows of another budget (rounds, images, learning rates or seeds) than this build's: delete it, or go on with the build that began it");
        var done = comparison.Rows.Select(r => r.Key).ToHashSet(StringComparer.Ordinal);
        var todo = PersonalPlan.Cells().Where(c => c.Key.Contains(only, StringComparison.Ordinal) && !done.Contains(c.Key)).ToList();
        Console.WriteLine($"personalization: {done.Count} cells are in {Path.GetRelativePath(BenchResult.Repository(), file)}, {todo.Count} to do");

        var files = Directory.CreateTempSubdirectory("fed-bench-data-");
        try
        {
            FashionData.Unpack(files.FullName);
            await CellProcesses.RunAsync([.. todo.Select(c => (c.Key, Arguments(c, full, files.FullName)))], async line =>
            {
                var row = JsonSerializer.Deserialize(line, PersonalJson.Default.PersonalRow)!;
                comparison = comparison with { Date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Rows = Ordered([.. comparison.Rows, row]) };
                await File.WriteAllTextAsync(file, JsonSerializer.Serialize(comparison, PersonalJson.Default.PersonalComparison) + "\n", CancellationToken.None);
                return $"{row.Key,-32} {row.AccuracyMean:F4} +- {row.Spread:F4}  worst {row.AccuracyWorst:F4}  rate {row.LearningRate}{(row.Diverged > 0 ? $"  {row.Diverged} diverged" : "")}";
            }, cancellationToken);
        }
        finally
        {
            files.Delete(recursive: true);
        }
    }

    /// <summary>One cell, in a process of its own: tunes the learning rate, trains with each seed, and prints the row.</summary>
    public static async Task RunCellAsync(PersonalCell cell, PersonalBudget budget, string files, CancellationToken cancellationToken)
    {
        var data = FashionData.Read(files, budget.TrainSamples);
        var tuning = new SortedDictionary<double, double>();
        foreach (var rate in budget.LearningRates)
            tuning.Add(rate, Math.Round((await RunAsync(data, cell, budget.TuningRounds, rate, PersonalBudget.TuningSeed, "validation", cancellationToken)).Mean(), 4));
        var best = tuning.MaxBy(t => t.Value).Key;
        var runs = new List<PersonalRun>();
        foreach (var seed in budget.Seeds)
            runs.Add(await RunAsync(data, cell, budget.Rounds, best, seed, "test", cancellationToken));
        Console.WriteLine(JsonSerializer.Serialize(PersonalRow.Of(cell, best, tuning, runs, Environment.CpuUsage.TotalTime), PersonalJson.Line.PersonalRow));
    }

    private static async Task<PersonalRun> RunAsync(FashionData data, PersonalCell cell, int rounds, double rate, int seed, string split, CancellationToken cancellationToken)
    {
        var plan = PersonalPlan.Of(cell, rounds, rate, seed);
        using var job = await InProcessJob.CreateAsync(plan, client => data.Of(plan, client, "classes", split), cancellationToken);
        var closed = await job.RunAsync(cancellationToken);
        return closed.Failure is null ? PersonalRun.Of(closed.Metrics) : PersonalRun.Failed;
    }

    private static IReadOnlyList<PersonalRow> Ordered(IReadOnlyList<PersonalRow> rows)
    {
        var order = PersonalPlan.Cells().Select((cell, i) => (cell.Key, i)).ToDictionary(c => c.Key, c => c.i, StringComparer.Ordinal);
        return [.. rows.OrderBy(r => order.GetValueOrDefault(r.Key, int.MaxValue))];
    }

    private static IReadOnlyList<string> Arguments(PersonalCell cell, bool full, string files) =>
    [
        "personalization-cell", "--method", cell.Method, "--model", cell.Model, "--blocks", cell.Blocks.ToString(CultureInfo.InvariantCulture),
        "--classes", cell.ClassesPerClient.ToString(CultureInfo.InvariantCulture), "--files", files, .. full ? (string[])["--full"] : [],
    ];
}
