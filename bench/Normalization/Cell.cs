using System.Globalization;
using System.Text.Json.Serialization;
using FedOperator.Bench.Cells;

namespace FedOperator.Bench.Normalization;

/// <summary>One cell of the comparison.</summary>
/// <param name="Scheme">A name of <see cref="Schemes"/>.</param>
/// <param name="Data">A name of <see cref="FashionData"/>.</param>
/// <param name="LocalSteps">Optimizer steps of a client in one round.</param>
/// <param name="Changes">To the scheme's spec: `normalization.moments=atBase`.</param>
internal sealed record Cell(string Scheme, string Data, int LocalSteps, IReadOnlyList<string> Changes)
{
    /// <summary>Names it among the results.</summary>
    [JsonIgnore]
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Scheme}/{Data}/{LocalSteps}{string.Concat(Changes.Select(c => "+" + c))}");
}

/// <summary>What a cell may cost.</summary>
/// <param name="Rounds">Train rounds of one run by local steps of a round.</param>
/// <param name="LearningRates">Tried with half as many rounds and one seed, on the validation split; a single one is taken untried.</param>
/// <param name="Seeds">Of the runs behind the row, on the test split.</param>
internal sealed record CellBudget(IReadOnlyDictionary<int, int> Rounds, IReadOnlyList<double> LearningRates, IReadOnlyList<int> Seeds)
{
    /// <summary>Not one of the runs'.</summary>
    public const int TuningSeed = 100;

    /// <summary>The table that is in the repository.</summary>
    public static CellBudget Core { get; } = new(new Dictionary<int, int> { [1] = 250, [10] = 40 }, [0.03, 0.1, 0.3, 1], [1, 2, 3]);

    /// <summary>With `--full`.</summary>
    public static CellBudget Full { get; } = new(new Dictionary<int, int> { [1] = 1500, [10] = 200 }, [0.01, 0.03, 0.1, 0.3, 1], [1, 2, 3, 4, 5]);
}

/// <summary>One training run of a cell.</summary>
/// <param name="Cell">Which.</param>
/// <param name="LearningRate">At its peak.</param>
/// <param name="Seed">Weights, partition, batches.</param>
/// <param name="Rounds">Train rounds.</param>
/// <param name="Split">What is evaluated on: `validation` or `test`.</param>
internal sealed record CellRun(Cell Cell, double LearningRate, int Seed, int Rounds, string Split);
