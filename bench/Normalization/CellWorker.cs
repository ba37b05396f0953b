using System.Text.Json;
using FedOperator.Bench.Cells;

namespace FedOperator.Bench.Normalization;

/// <summary>One cell, in a process of its own: libtorch has one number of threads for all.</summary>
internal static class CellWorker
{
    /// <summary>Tunes the learning rate where several are given, trains with each seed, and prints the row.</summary>
    public static async Task RunAsync(Cell cell, CellBudget budget, string files, CancellationToken cancellationToken)
    {
        var data = FashionData.Read(files);
        var tuning = new SortedDictionary<double, double>();
        foreach (var rate in budget.LearningRates.Count > 1 ? budget.LearningRates : [])
            tuning.Add(rate, await AccuracyAsync(data, new CellRun(cell, rate, CellBudget.TuningSeed, budget.Rounds[cell.LocalSteps] / 2, "validation"), cancellationToken));
        var best = tuning.Count > 0 ? tuning.MaxBy(t => t.Value).Key : budget.LearningRates[0];
        var accuracies = new List<double>();
        foreach (var seed in budget.Seeds)
            accuracies.Add(await AccuracyAsync(data, new CellRun(cell, best, seed, budget.Rounds[cell.LocalSteps], "test"), cancellationToken));
        Console.WriteLine(JsonSerializer.Serialize(ComparisonRow.Of(cell, best, tuning, accuracies, Environment.CpuUsage.TotalTime), ComparisonJson.Line.ComparisonRow));
    }

    /// <summary>Of the clients' own evaluation after the last round; 0 for a job that diverged.</summary>
    private static async Task<double> AccuracyAsync(FashionData data, CellRun run, CancellationToken cancellationToken)
    {
        var plan = CellPlan.Of(run);
        using var job = await InProcessJob.CreateAsync(plan, client => data.Of(plan, client, run.Cell.Data, run.Split), cancellationToken);
        var closed = await job.RunAsync(cancellationToken);
        return closed.Failure is null ? Math.Round(closed.Metrics.Evaluation!.Accuracy(), 4) : 0;
    }
}
