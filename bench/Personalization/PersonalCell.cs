using System.Globalization;
using System.Text.Json.Serialization;

namespace FedOperator.Bench.Personalization;

/// <summary>One cell of the comparison.</summary>
/// <param name="Method">A name of <see cref="PersonalPlan"/>.</param>
/// <param name="Model">resnet8 or mobilenetV1.</param>
/// <param name="Blocks">Where the network is cut, in units from the classifier.</param>
/// <param name="ClassesPerClient">Of the data's ten.</param>
internal sealed record PersonalCell(string Method, string Model, int Blocks, int ClassesPerClient)
{
    /// <summary>Names it among the results.</summary>
    [JsonIgnore]
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Method}/{Model}/{Blocks}/{ClassesPerClient}");
}

/// <summary>What a cell may cost.</summary>
/// <param name="Rounds">Train rounds of one run, of ten local steps each.</param>
/// <param name="TuningRounds">Of one run that tries a learning rate.</param>
/// <param name="TrainSamples">Training images of all ten clients together.</param>
/// <param name="LearningRates">Tried with a seed of their own, on the validation split.</param>
/// <param name="Seeds">Of the runs behind the row, on the test split.</param>
internal sealed record PersonalBudget(int Rounds, int TuningRounds, int TrainSamples, IReadOnlyList<double> LearningRates, IReadOnlyList<int> Seeds)
{
    /// <summary>Not one of the runs'.</summary>
    public const int TuningSeed = 100;

    /// <summary>The table that is in the repository.</summary>
    public static PersonalBudget Core { get; } = new(24, 8, 6_000, [0.03, 0.1, 0.3], [1, 2, 3]);

    /// <summary>With `--full`.</summary>
    public static PersonalBudget Full { get; } = new(150, 75, 55_000, [0.01, 0.03, 0.1, 0.3], [1, 2, 3, 4, 5]);
}
