using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Tests.Support;
using FedOperator.Trainer.Training;
using static FedOperator.Trainer.Tests.Support.Updates;

namespace FedOperator.Trainer.Tests.Training;

/// <summary>`training.augmentation` in a round: training batches, and nothing else.</summary>
public sealed class AugmentedTrainingTests
{
    [Fact]
    public void A_round_trains_on_the_changed_images_as_if_they_were_its_data()
    {
        // The oracle: a data set that holds, image by image, what augmentation makes of the round's batches, trained on as it is.
        var plan = Plan(new AugmentationSpec { Crop = 3, Flip = true });
        var data = Plans.Data(plan, "a", 30);
        var batches = new Batches(plan, "a", 1, 30).Read().ToList();
        var (length, count) = (12 * 12, batches.Sum(b => b.Length));
        var images = new float[count * length];
        var labels = new List<ushort>();
        foreach (var batch in batches)
        {
            data.Train.Normalize(batch.Span, images.AsSpan(labels.Count * length, batch.Length * length), batch.Changes());
            foreach (var index in batch.Span)
                labels.Add(data.Train.Labels[index]);
        }
        // One epoch over the same images in the order in which the plain round will ask for them.
        var plain = plan with { Training = plan.Training with { Augmentation = null, LocalSteps = null, LocalEpochs = 1 } };
        var order = new Batches(plain, "a", 1, count).Read().SelectMany(b => b.ToArray()).ToArray();
        var sorted = new Samples(images, [.. labels], [1, 12, 12], PixelScale.Identity).Take([.. Enumerable.Range(0, count).OrderBy(i => order[i])]);

        AssertSame(Update(plan, data), Update(plain, new ClientData(sorted, data.Test)));
        Assert.False(Same(Update(plan, data), Update(plan with { Training = plan.Training with { Augmentation = null } }, data)));
    }

    [Theory]
    [InlineData(0, false, true)]
    [InlineData(1, false, false)]
    [InlineData(0, true, false)]
    public void No_crop_and_no_flip_is_no_augmentation_to_the_bit(int crop, bool flip, bool same)
    {
        var (plan, none) = (Plan(new AugmentationSpec { Crop = crop, Flip = flip }), Plan(null));
        Assert.Equal(same, Same(Update(plan, Plans.Data(plan, "a", 30)), Update(none, Plans.Data(none, "a", 30))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_pass_at_the_base_sees_the_very_batches_of_training(bool gradients)
    {
        var plan = Plan(new AugmentationSpec { Crop = 3, Flip = true });
        plan = plan with { Training = plan.Training with { LocalSteps = 1, ClipNorm = 1 } };
        List<TensorContent> With(Plan of, MomentsAt moments) => Update(of with { Normalization = new NormalizationSpec { Training = NormalizationTraining.Federated, GradientStatistics = gradients, Moments = moments } }, Plans.Data(plan, "a", 30));
        AssertSame(With(plan, MomentsAt.DuringTraining), With(plan, MomentsAt.AtBase));
        Assert.False(Same(With(plan, MomentsAt.AtBase), With(plan with { Training = plan.Training with { Augmentation = null } }, MomentsAt.AtBase)));
    }

    [Fact]
    public void Evaluation_and_statistics_between_rounds_see_images_as_they_are()
    {
        var (plan, none) = (Plan(new AugmentationSpec { Crop = 3, Flip = true }), Plan(null));
        var data = Plans.Data(plan, "a", 30);
        using var augmented = new LocalTrainer(plan, "a", data);
        using var plain = new LocalTrainer(none, "a", data);
        foreach (var trainer in new[] { augmented, plain })
            trainer.LoadCheckpoint(Initialization.Describe(plan).Checkpoint);
        Assert.Equal(plain.Evaluate(null, CancellationToken.None), augmented.Evaluate(null, CancellationToken.None));
        foreach (var forward in Enum.GetValues<PreciseForward>())
            AssertSame(plain.Statistics(["bn1", "bn2"], 20, forward, CancellationToken.None), augmented.Statistics(["bn1", "bn2"], 20, forward, CancellationToken.None));
    }

    [Fact]
    public void Another_round_draws_others()
    {
        // One image only: the order of the samples is no difference between the rounds.
        var plan = Plan(new AugmentationSpec { Crop = 3, Flip = true }, NormalizationLayer.Group);
        var one = new ClientData(Plans.Samples(plan, "one", 1), Plans.Samples(plan, "test", 1));
        Assert.False(Same(Update(plan, one, round: 1), Update(plan, one, round: 2)));
        var none = Plan(null, NormalizationLayer.Group);
        Assert.True(Same(Update(none, one, round: 1), Update(none, one, round: 2)));
    }

    private static Plan Plan(AugmentationSpec? augmentation, NormalizationLayer layer = NormalizationLayer.Batch)
    {
        var plan = Plans.Small();
        return plan with { Normalization = new NormalizationSpec { Layer = layer }, Training = plan.Training with { LocalSteps = 5, Augmentation = augmentation } };
    }

    private static List<TensorContent> Update(Plan plan, ClientData data, int round = 1)
    {
        using var trainer = new LocalTrainer(plan, "a", data);
        Round(trainer, Initialization.Describe(plan).Checkpoint, round);
        return [.. trainer.TrainUpdate()];
    }
}
