namespace FedOperator.Bench.Cells;

/// <summary>Accuracies of several seeds as one figure, rounded to what is shown.</summary>
/// <param name="Mean">Of them.</param>
/// <param name="Deviation">Standard deviation (n - 1); 0 for a single one.</param>
internal readonly record struct OverSeeds(double Mean, double Deviation)
{
    public static OverSeeds Of(IReadOnlyList<double> accuracies)
    {
        var mean = accuracies.Average();
        return new OverSeeds(Math.Round(mean, 4), accuracies.Count < 2 ? 0 : Math.Round(Math.Sqrt(accuracies.Sum(a => (a - mean) * (a - mean)) / (accuracies.Count - 1)), 4));
    }
}
