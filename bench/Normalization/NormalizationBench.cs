using System.Globalization;
using System.Text.Json;
using FedOperator.Bench.Cells;

namespace FedOperator.Bench.Normalization;

/// <summary>`bench normalization`: every scheme on every kind of data, resumable cell by cell.</summary>
internal static class NormalizationBench
{
    private static readonly string[] s_kinds = ["iid", "twoClasses", "oneClass", "featureShift"];
    private static readonly int[] s_localSteps = [1, 10];

    /// <summary>Measures the cells that have no row yet, and writes after each.</summary>
    /// <param name="budget">Of each cell.</param>
    /// <param name="only">Part of the keys of the cells to measure.</param>
    /// <param name="result">Name under bench/results.</param>
    /// <param name="cancellationToken">Stops it; rows that are done stay.</param>
    public static async Task RunAsync(CellBudget budget, string only, string result, CancellationToken cancellationToken)
    {
        var file = Path.Join(BenchResult.Folder, result + ".json");
        var comparison = File.Exists(file) ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, cancellationToken), ComparisonJson.Default.Comparison)! : new Comparison(BenchResult.ThisMachine(), "", budget, []);
        // Rows of two budgets in one table would not compare.
        if (JsonSerializer.Serialize(comparison.Budget, ComparisonJson.Default.CellBudget) != JsonSerializer.Serialize(budget, ComparisonJson.Default.CellBudget))
            throw new InvalidDataException($"{file} has rows of another budget (rounds, learning rates or seeds) than this build's: delete it, or go on with the build that began it");
        var done = comparison.Rows.Select(r => r.Key).ToHashSet(StringComparer.Ordinal);
        var todo = Cells().Where(c => c.Key.Contains(only, StringComparison.Ordinal) && !done.Contains(c.Key)).ToList();
        Console.WriteLine($"normalization: {done.Count} cells are in bench/results/{result}.json, {todo.Count} to do");

        var files = Directory.CreateTempSubdirectory("fed-bench-data-");
        try
        {
            FashionData.Unpack(files.FullName);
            await CellProcesses.RunAsync([.. todo.Select(c => (c.Key, Arguments(c, budget, files.FullName)))], async line =>
            {
                var row = JsonSerializer.Deserialize(line, ComparisonJson.Default.ComparisonRow)!;
                comparison = comparison with { Date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Rows = Ordered([.. comparison.Rows, row]) };
                await File.WriteAllTextAsync(file, JsonSerializer.Serialize(comparison, ComparisonJson.Default.Comparison) + "\n", CancellationToken.None);
                return $"{row.Key,-60} {row.Accuracy:F4} +- {row.Spread:F4}  rate {row.LearningRate}";
            }, cancellationToken);
        }
        finally
        {
            files.Delete(recursive: true);
        }
    }

    /// <summary>All cells. What needs no client to differ from another has one kind of labels, and no local steps.</summary>
    public static IEnumerable<Cell> Cells() =>
    [
        .. from scheme in Schemes.Centralized.Keys from kind in (string[])["iid", "featureShift"] select new Cell(scheme, kind, 1, []),
        .. from kind in s_kinds from steps in s_localSteps from scheme in Schemes.Federated.Keys select new Cell(scheme, kind, steps, []),
        .. Schemes.Combinations,
    ];

    private static IReadOnlyList<ComparisonRow> Ordered(IReadOnlyList<ComparisonRow> rows)
    {
        var order = Cells().Select((cell, i) => (cell.Key, i)).ToDictionary(c => c.Key, c => c.i, StringComparer.Ordinal);
        return [.. rows.OrderBy(r => order.GetValueOrDefault(r.Key, int.MaxValue))];
    }

    private static IReadOnlyList<string> Arguments(Cell cell, CellBudget budget, string files)
    {
        string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
        return
        [
            "normalization-cell", "--scheme", cell.Scheme, "--data", cell.Data, "--local-steps", Text(cell.LocalSteps), "--rounds", Text(budget.Rounds[cell.LocalSteps]), "--files", files,
            .. budget.LearningRates.SelectMany(r => new[] { "--rate", Text(r) }),
            .. budget.Seeds.SelectMany(s => new[] { "--seed", Text(s) }),
            .. cell.Changes.SelectMany(c => new[] { "--set", c }),
        ];
    }
}
