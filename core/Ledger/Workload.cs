using FedOperator.Core.Api;

namespace FedOperator.Core.Ledger;

/// <summary>What one round asks of a client that holds so many samples: a function of the plan, so that a report can be held against it.</summary>
public static class Workload
{
    /// <summary>Optimizer steps of one round; with `fedRep` of its base phase.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The client has no samples.</exception>
    public static long Steps(TrainingSpec training, long trainSamples)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trainSamples);
        return training.LocalEpochs is { } epochs ? epochs * StepsAnEpoch(training.BatchSize, trainSamples) : LocalSteps(training);
    }

    /// <summary>Steps of a round that is measured in steps and not in epochs.</summary>
    public static int LocalSteps(TrainingSpec training) => training.LocalSteps ?? Planning.DefaultLocalSteps;

    /// <summary>Samples processed in one round, those seen twice counted twice; with `fedRep` in its base phase.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The client has no samples.</exception>
    public static long Samples(TrainingSpec training, long trainSamples) => training.LocalEpochs is { } epochs
        ? epochs * trainSamples
        : Steps(training, trainSamples) * Math.Min(training.BatchSize, trainSamples);

    /// <summary>Optimizer steps of one round, those of a head phase included.</summary>
    public static long RoundSteps(Plan plan, long trainSamples) =>
        Steps(plan.Training, trainSamples) + (HeadPhase(plan.Personalization, plan.Training) is { } head ? Steps(head, trainSamples) : 0);

    /// <summary>Samples that went through those steps.</summary>
    public static long RoundSamples(Plan plan, long trainSamples) =>
        Samples(plan.Training, trainSamples) + (HeadPhase(plan.Personalization, plan.Training) is { } head ? Samples(head, trainSamples) : 0);

    /// <summary>The head phase of `fedRep` as training of its own: `headSteps` steps, or as many steps or epochs as the base phase after it has. Null where a round has none.</summary>
    public static TrainingSpec? HeadPhase(PersonalizationSpec personalization, TrainingSpec training) => (personalization.HasHeadPhase(), personalization.HeadSteps) switch
    {
        (false, _) => null,
        (true, { } steps) => training with { LocalSteps = steps, LocalEpochs = null },
        (true, null) => training,
    };

    /// <summary>Samples of one step of `localSteps`: n_i of `training: exact`.</summary>
    public static long BatchSamples(TrainingSpec training, long trainSamples) => Math.Min(training.BatchSize, trainSamples);

    /// <summary>Steps of one epoch. A trailing batch of a single sample joins the batch before it: mini-batch statistics need two.</summary>
    public static long StepsAnEpoch(int batchSize, long trainSamples)
    {
        var steps = (trainSamples + batchSize - 1) / batchSize;
        return batchSize > 1 && steps > 1 && trainSamples % batchSize == 1 ? steps - 1 : steps;
    }

    /// <summary>Training samples that a client looks at in a statistics round before training.</summary>
    public static long BootstrapSamples(NormalizationSpec normalization, long trainSamples) => Math.Min(normalization.BootstrapSamples, trainSamples);

    /// <summary>Training samples that a client looks at for precise statistics: its proportional share of `precise.samples`, rounded up, and at most all that it has.</summary>
    /// <param name="normalization">The plan's.</param>
    /// <param name="trainSamples">What the client holds.</param>
    /// <param name="allTrainSamples">What the round's participants hold together.</param>
    /// <returns>With `forward: batch` at least 2, or 0 where it holds fewer: a mini-batch of one sample has no statistics.</returns>
    public static long PreciseSamples(NormalizationSpec normalization, long trainSamples, long allTrainSamples)
    {
        if (trainSamples == 0)
            return 0;
        // Whole numbers: a quotient of doubles could round up by one where it is exact.
        var share = (long)(((Int128)normalization.Precise.Samples * trainSamples + allTrainSamples - 1) / allTrainSamples);
        if (normalization.Precise.Forward != PreciseForward.Batch)
            return Math.Min(share, trainSamples);
        return trainSamples < 2 ? 0 : Math.Min(Math.Max(share, 2), trainSamples);
    }

    /// <summary>Samples of one mini-batch wherever inference uses mini-batches.</summary>
    public static int PopulationBatchSize(NormalizationSpec normalization, TrainingSpec training) => normalization.PopulationBatchSize ?? training.BatchSize;

    /// <summary>Whether inference normalizes with each mini-batch's own statistics.</summary>
    public static bool InfersByMiniBatch(NormalizationSpec normalization) => normalization is { Layer: NormalizationLayer.Batch, Population: PopulationStatistics.MiniBatch };

    /// <summary>Test samples evaluated in a round.</summary>
    /// <param name="normalization">The plan's.</param>
    /// <param name="maxSamples">Largest number; null: all.</param>
    /// <param name="testSamples">Samples that the client holds.</param>
    /// <returns>With `population: miniBatch` none where there is only one: a mini-batch of one sample has no statistics.</returns>
    public static long EvaluationSamples(NormalizationSpec normalization, int? maxSamples, long testSamples)
    {
        var samples = Math.Min(maxSamples ?? long.MaxValue, testSamples);
        return samples == 1 && InfersByMiniBatch(normalization) ? 0 : samples;
    }
}
