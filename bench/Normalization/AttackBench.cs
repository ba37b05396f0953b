using System.Globalization;
using FedOperator.Bench.Cells;
using FedOperator.Core.Ledger;

namespace FedOperator.Bench.Normalization;

/// <summary>`bench normalization-attack`: robust FBN while 2 of 10 clients poison their statistics, gradient statistics included, on IID data.</summary>
internal static class AttackBench
{
    private const int Faulty = 2, Rounds = 250;
    private const double Rate = 0.1;
    private static readonly int[] s_seeds = [1, 2, 3];

    private static readonly (string Name, string[] Changes)[] s_rules =
    [
        ("merged by count (plain FBN)", []),
        ("trimmed mean, nearest-neighbour mixing", ["normalization.robust={\"rule\": \"trimmedMean\", \"maxFaulty\": 2, \"mixing\": \"nearestNeighbours\"}"]),
        ("median, nearest-neighbour mixing", ["normalization.robust={\"rule\": \"median\", \"maxFaulty\": 2, \"mixing\": \"nearestNeighbours\"}"]),
        ("trimmed mean", ["normalization.robust={\"rule\": \"trimmedMean\", \"maxFaulty\": 2, \"mixing\": \"none\"}"]),
        ("median", ["normalization.robust={\"rule\": \"median\", \"maxFaulty\": 2, \"mixing\": \"none\"}"]),
    ];

    /// <summary>Measures all, and writes bench/results/normalization-attack.json.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var data = FashionData.Read(FashionData.Folder);
        var rows = BatchResult.Read(BatchResult.Attack)?.Rows.ToList() ?? [];
        foreach (var (rule, changes) in s_rules)
        {
            foreach (var attack in PoisoningStore.Attacks.Prepend("none").Where(attack => !rows.Exists(r => r.Training == rule && r.Statistics == attack)))
            {
                var accuracies = new List<double>();
                foreach (var seed in s_seeds)
                    accuracies.Add(await AccuracyAsync(data, new CellRun(new Cell("federatedGradient", "iid", 1, changes), Rate, seed, Rounds, "test"), attack, cancellationToken));
                rows.Add(BatchRow.Of("attack", rule, attack, accuracies));
                Console.WriteLine($"{rule,-42} {attack,-8} {rows[^1].Accuracy:F4} +- {rows[^1].Spread:F4}");
                // After each: goes on where it was stopped.
                new BatchResult(BenchResult.ThisMachine(), TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), rows).Write(BatchResult.Attack);
            }
        }
    }

    private static async Task<double> AccuracyAsync(FashionData data, CellRun run, string attack, CancellationToken cancellationToken)
    {
        var plan = CellPlan.Of(run);
        var poisoned = plan.Clients.Take(Faulty).Select(c => LedgerPaths.ExchangeContainer(plan.Job, c.Name)).ToHashSet(StringComparer.Ordinal);
        using var job = await InProcessJob.CreateAsync(plan, client => data.Of(plan, client, run.Cell.Data, run.Split), cancellationToken,
            (name, store) => attack != "none" && poisoned.Contains(name) ? new PoisoningStore(store, attack) : store);
        var closed = await job.RunAsync(cancellationToken);
        // Chance, where it diverged: what a user would get.
        return closed.Failure is null ? closed.Metrics.Evaluation!.Accuracy() : 1.0 / FashionData.Classes;
    }
}
