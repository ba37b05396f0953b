namespace FedOperator.Core.Api;

/// <summary>A combination of fields that cannot be.</summary>
/// <param name="Field">The field to change.</param>
/// <param name="Holds">True where the spec has the combination.</param>
/// <param name="Value">The field's value as written; null where it is absent.</param>
/// <param name="Wrong">Why it cannot be: reads on after the value.</param>
/// <param name="Fix">What to do.</param>
/// <param name="Cel">The same for the API server, the other way round: true where the spec (`self`) does not have the combination. Null: the schema refuses it already.</param>
internal sealed record Combination(string Field, Func<FederatedJobSpec, bool> Holds, Func<FederatedJobSpec, object?> Value, string Wrong, string Fix, string? Cel);

/// <summary>The combinations that cannot be, one row each.</summary>
internal static class Combinations
{
    /// <summary>Largest number of channels, height or width of an input.</summary>
    public const int LargestSide = 4096;

    public static readonly IReadOnlyList<Combination> Table =
    [
        new("spec.training.localEpochs", s => s.Training is { LocalSteps: not null, LocalEpochs: not null }, s => s.Training.LocalEpochs,
            "cannot go with localSteps", "give one of localSteps and localEpochs",
            "!has(self.training.localSteps) || !has(self.training.localEpochs)"),
        new("spec.training.batchSize", s => s.Training.BatchSize == 1 && s.Normalization.Layer == NormalizationLayer.Batch, s => s.Training.BatchSize,
            "leaves BatchNorm no variance to measure", "give a batchSize of at least 2, or set spec.normalization.layer to group",
            "self.training.batchSize != 1 || self.normalization.layer != 'batch'"),
        new("spec.training.augmentation.crop", s => s.Training.Augmentation?.Crop > 0 && s.Model.InputShape is [_, var height, var width] && s.Training.Augmentation.Crop >= Math.Min(height, width), s => s.Training.Augmentation!.Crop,
            "could cut out a window with nothing of the image in it", "give less than height and width of spec.model.inputShape; 4 is usual for 32 x 32",
            "!has(self.training.augmentation) || (self.training.augmentation.crop < self.model.inputShape[1] && self.training.augmentation.crop < self.model.inputShape[2])"),
        new("spec.training.schedule.stepRounds", s => s.Training.Schedule is { Name: ScheduleName.Step, StepRounds: null }, _ => null,
            "is missing, and the step schedule needs it", "say after how many rounds the rate steps down, for example `stepRounds: 10`",
            "self.training.schedule.name != 'step' || has(self.training.schedule.stepRounds)"),
        new("spec.training.schedule.stepRounds", s => s.Training.Schedule is { Name: not ScheduleName.Step, StepRounds: not null }, s => s.Training.Schedule.StepRounds,
            "is for the step schedule only", "set spec.training.schedule.name to step, or remove it",
            "self.training.schedule.name == 'step' || !has(self.training.schedule.stepRounds)"),
        new("spec.training.schedule.warmupRounds", s => s.Training.Schedule.WarmupRounds > (s.Training.Schedule.Rounds ?? s.Rounds), s => s.Training.Schedule.WarmupRounds,
            "is longer than the schedule", "give fewer rounds of warm-up than spec.training.schedule.rounds (by default spec.rounds)",
            "self.training.schedule.warmupRounds <= (has(self.training.schedule.rounds) ? self.training.schedule.rounds : self.rounds)"),
        new("spec.normalization.gradientStatistics", s => s.Normalization is { GradientStatistics: true, Layer: not NormalizationLayer.Batch }, _ => "true",
            "needs BatchNorm", "set spec.normalization.layer to batch, or remove it",
            "!has(self.normalization.gradientStatistics) || !self.normalization.gradientStatistics || self.normalization.layer == 'batch'"),
        new("spec.normalization.gradientStatistics", s => s.Normalization is { GradientStatistics: true, Layer: NormalizationLayer.Batch, Training: not NormalizationTraining.Federated }, _ => "true",
            "needs `training: federated`: local mini-batch statistics carry their own gradient", "set spec.normalization.training to federated, or remove it",
            "!has(self.normalization.gradientStatistics) || !self.normalization.gradientStatistics || self.normalization.layer != 'batch' || self.normalization.training == 'federated'"),
        new("spec.normalization.groups", s => s.Normalization.Layer == NormalizationLayer.Group && s.Normalization.Groups > 0 && s.Model.Channels() % s.Normalization.Groups != 0, s => s.Normalization.Groups,
            "does not divide the channels of every layer, which are multiples of spec.model.width", "give groups that divide spec.model.width (64 for resnet34, 32 for mobilenetV1, otherwise 16, where it is absent)",
            $"self.normalization.layer != 'group' || (has(self.model.width) ? self.model.width : {Channels}[self.model.architecture]) % self.normalization.groups == 0"),
        new("spec.model.inputShape", s => s.Model.InputShape.Count != 3, s => Show(s.Model.InputShape),
            "does not have three numbers", "give channels, height and width, for example [1, 28, 28]",
            Cel: null),
        new("spec.model.inputShape", s => s.Model.InputShape.Count == 3 && s.Model.InputShape.Any(n => n is < 1 or > LargestSide), s => Show(s.Model.InputShape),
            "has a number out of range", $"give channels, height and width, each from 1 to {LargestSide}",
            Cel: null),
        .. PersonalizationCombinations.Table,
        new("spec.storage.volume", s => s is { Storage: { Volume: not null, AzureBlob: null } } && s.Clients.Any(c => c.External), s => s.Storage.Volume!.ClaimName,
            "is out of reach of external clients", "use spec.storage.azureBlob, or have no client with `external: true`",
            "!has(self.storage.volume) || has(self.storage.azureBlob) || !self.clients.exists(c, c.external)"),
        new("spec.activeDeadlineSeconds", s => s.ActiveDeadlineSeconds <= s.StartupDeadlineSeconds && s.ActiveDeadlineSeconds > 0, s => s.ActiveDeadlineSeconds,
            "ends the job before spec.startupDeadlineSeconds is over", "give a longer activeDeadlineSeconds, or a shorter startupDeadlineSeconds",
            "!has(self.activeDeadlineSeconds) || self.activeDeadlineSeconds > self.startupDeadlineSeconds"),
        .. NormalizationCombinations.Table,
    ];

    /// <summary>The rows as an API server checks them.</summary>
    public static IEnumerable<CelRule> Cel =>
        from row in Table
        where row.Cel is not null
        select new CelRule(typeof(FederatedJobSpec), row.Cel!, $"{row.Field} {row.Wrong}; {row.Fix}", row.Field["spec".Length..], row.Wrong.StartsWith("is missing", StringComparison.Ordinal) ? "FieldValueRequired" : "FieldValueInvalid");

    public static IEnumerable<Problem> Check(FederatedJobSpec spec) =>
        from row in Table
        where row.Holds(spec)
        select new Problem(row.Field, row.Value(spec) is { } value ? FormattableString.Invariant($"{value}") : null, row.Wrong, row.Fix);

    private static string Channels => ModelUnits.Map(a => new ModelSpec { Architecture = a }.Channels());

    private static string Show(IReadOnlyList<int> numbers) => $"[{string.Join(", ", numbers)}]";
}
