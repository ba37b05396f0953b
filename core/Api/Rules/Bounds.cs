using System.Globalization;
using System.Text.Json;

namespace FedOperator.Core.Api;

/// <summary>The range of one number.</summary>
/// <param name="Field">Path of the field.</param>
/// <param name="Value">Reads it; null where it is absent, which is in range.</param>
/// <param name="Least">Smallest value.</param>
/// <param name="Most">Largest value.</param>
/// <param name="Means">What the number is: completes "give ...".</param>
/// <param name="Open">True: <paramref name="Least"/> itself is out of range.</param>
/// <param name="OpenEnd">True: <paramref name="Most"/> itself is out of range.</param>
internal sealed record Bound(string Field, Func<FederatedJobSpec, double?> Value, double Least, double Most, string Means, bool Open = false, bool OpenEnd = false)
{
    /// <summary>The problem with that spec, or null.</summary>
    public Problem? Check(FederatedJobSpec spec)
    {
        if (Value(spec) is not { } value || (double.IsFinite(value) && Above(value) && Below(value)))
            return null;
        return new Problem(Field, Text(value), "is out of range", $"give {Means}, {Range}");
    }

    private bool Above(double value) => Open ? value > Least : value >= Least;

    private bool Below(double value) => OpenEnd ? value < Most : value <= Most;

    private string Range => double.IsPositiveInfinity(Most)
        ? $"{(Open ? "greater than" : "at least")} {Text(Least)}"
        : $"{(Open ? "greater than" : "from")} {Text(Least)} {(OpenEnd ? "and less than" : Open ? "and at most" : "to")} {Text(Most)}";

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>The ranges of all numbers outside lists.</summary>
internal static class Bounds
{
    private const double NoEnd = double.PositiveInfinity;
    private const int Rounds = 999_999; // the ledger's folders have six digits
    private const double Century = 100 * 31_536_000.0; // no clock overflows

    public static readonly IReadOnlyList<Bound> Table =
    [
        new("spec.rounds", s => s.Rounds, 1, Rounds, "the number of train rounds"),
        new("spec.seed", s => s.Seed, 0, NoEnd, "a seed"),
        new("spec.model.width", s => s.Model.Width, 1, 4096, "the channels of the first block"),
        new("spec.model.classes", s => s.Model.Classes, 2, 65536, "the number of classes"),
        new("spec.training.localSteps", s => s.Training.LocalSteps, 1, 1_000_000, "the optimizer steps of a round"),
        new("spec.training.localEpochs", s => s.Training.LocalEpochs, 1, 10_000, "the passes over a client's data in a round"),
        new("spec.training.batchSize", s => s.Training.BatchSize, 1, 1_000_000, "the samples of one step"),
        new("spec.training.threads", s => s.Training.Threads, 1, 1024, "libtorch's threads in one trainer"),
        new("spec.training.augmentation.crop", s => s.Training.Augmentation?.Crop, 0, Combinations.LargestSide - 1, "the pixels of black around an image before a window is cut out of it"),
        new("spec.training.clipNorm", s => s.Training.ClipNorm, 0, NoEnd, "the largest L2 norm of a step's gradient (leave it out for no clipping)", Open: true),
        new("spec.training.optimizer.learningRate", s => s.Training.Optimizer.LearningRate, 0, NoEnd, "the learning rate", Open: true),
        new("spec.training.optimizer.momentum", s => s.Training.Optimizer.Momentum, 0, 1, "the momentum", OpenEnd: true),
        new("spec.training.optimizer.weightDecay", s => s.Training.Optimizer.WeightDecay, 0, NoEnd, "the L2 penalty"),
        new("spec.training.schedule.warmupRounds", s => s.Training.Schedule.WarmupRounds, 0, Rounds, "the rounds of warm-up"),
        new("spec.training.schedule.rounds", s => s.Training.Schedule.Rounds, 1, Rounds, "the round at which the schedule ends"),
        new("spec.training.schedule.stepRounds", s => s.Training.Schedule.StepRounds, 1, Rounds, "the rounds between two steps"),
        new("spec.training.schedule.stepFactor", s => s.Training.Schedule.StepFactor, 0, 1, "the factor of one step", Open: true),
        new("spec.normalization.statisticsMomentum", s => s.Normalization.StatisticsMomentum, 0, 1, "the share of the new statistics", Open: true),
        new("spec.normalization.bootstrapSamples", s => s.Normalization.BootstrapSamples, 2, 10_000_000, "the samples of each client that set the first statistics"),
        new("spec.normalization.freezeAtRound", s => s.Normalization.FreezeAtRound, 1, Rounds, "the train round from which on statistics are constants"),
        new("spec.normalization.ghostBatchSize", s => s.Normalization.GhostBatchSize, 2, 1_000_000, "the samples of one ghost batch"),
        new("spec.normalization.populationBatchSize", s => s.Normalization.PopulationBatchSize, 2, 1_000_000, "the samples of one mini-batch of inference"),
        new("spec.normalization.precise.samples", s => s.Normalization.Precise.Samples, 1000, int.MaxValue, "the training samples, of all clients together, that set the precise statistics"),
        new("spec.normalization.precise.everyRounds", s => s.Normalization.Precise.EveryRounds, 1, Rounds, "the train rounds between two times that precise statistics are gathered"),
        new("spec.normalization.robust.maxFaulty", s => s.Normalization.Robust?.MaxFaulty, 1, ClientRules.MostClients, "how many of a round's clients may lie"),
        new("spec.normalization.groups", s => s.Normalization.Groups, 1, 4096, "the groups of a layer"),
        new("spec.personalization.blocks", s => s.Personalization.Blocks, 0, ModelUnits.Largest, "where the model is cut, in units from the classifier back"),
        new("spec.personalization.headSteps", s => s.Personalization.HeadSteps, 1, 1_000_000, "the optimizer steps of a round's head phase"),
        new("spec.aggregation.clipNorm", s => s.Aggregation.ClipNorm, 0, NoEnd, "the largest L2 norm of the averaged update (leave it out for no clipping)", Open: true),
        new("spec.aggregation.server.learningRate", s => s.Aggregation.Server.LearningRate, 0, NoEnd, "the server's learning rate", Open: true),
        new("spec.aggregation.server.momentum", s => s.Aggregation.Server.Momentum, 0, 1, "the server's momentum", OpenEnd: true),
        new("spec.evaluation.everyRounds", s => s.Evaluation.EveryRounds, 1, Rounds, "the train rounds between two evaluations"),
        new("spec.evaluation.maxSamples", s => s.Evaluation.MaxSamples, 1, int.MaxValue, "the test samples of one client (leave it out for all)"),
        new("spec.participation.perRound", s => s.Participation.PerRound, 0, 1, "the share of the clients drawn for a round", Open: true),
        new("spec.participation.quorum", s => s.Participation.Quorum, 0, 1, "the share of a round's participants that must be admitted", Open: true),
        new("spec.participation.deadlineSeconds", s => s.Participation.DeadlineSeconds, 0, 31_536_000, "how long a round waits, in seconds", Open: true),
        new("spec.participation.maxExtensions", s => s.Participation.MaxExtensions, 0, 1_000_000, "how many times a round may be extended"),
        new("spec.participation.maxMissedRounds", s => s.Participation.MaxMissedRounds, 1, Rounds, "the missed rounds in a row after which a client is not waited for"),
        new("spec.storage.retention.updateRounds", s => s.Storage.Retention.UpdateRounds, 0, Rounds, "the closed rounds whose updates are kept"),
        new("spec.storage.retention.checkpoints", s => s.Storage.Retention.Checkpoints, 0, Rounds, "how many of the newest checkpoints are kept"),
        new("spec.failurePolicy.maxRestarts", s => s.FailurePolicy.MaxRestarts, 0, 1_000_000, "the restarts in a row"),
        new("spec.failurePolicy.backoffSeconds", s => s.FailurePolicy.BackoffSeconds, 0, 3600, "the seconds before the first restart"),
        new("spec.activeDeadlineSeconds", s => s.ActiveDeadlineSeconds, 0, Century, "how long the job may run, in seconds", Open: true),
        new("spec.startupDeadlineSeconds", s => s.StartupDeadlineSeconds, 0, 31_536_000, "how long the clients may take to say hello, in seconds", Open: true),
        new("spec.ttlSecondsAfterFinished", s => s.TtlSecondsAfterFinished, 0, Century, "how long a finished job is kept, in seconds"),
    ];

    public static IEnumerable<Problem> Check(FederatedJobSpec spec) => Table.Select(bound => bound.Check(spec)).OfType<Problem>();
}

/// <summary>What is known of all networks together.</summary>
internal static class ModelUnits
{
    /// <summary>The unit count of the network with the most units.</summary>
    public static readonly int Largest = Enum.GetValues<Architecture>().Max(ModelSpec.UnitCount);

    /// <summary>A number of each network, as a map in CEL.</summary>
    public static string Map(Func<Architecture, int> number) =>
        $"{{{string.Join(", ", Enum.GetValues<Architecture>().Select(a => FormattableString.Invariant($"'{JsonNamingPolicy.CamelCase.ConvertName(a.ToString())}': {number(a)}")))}}}";
}
