using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Core.Tests.Ledger;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Constant_stays_after_a_linear_warm_up() =>
        AssertRates(new ScheduleSpec { WarmupRounds = 4, Rounds = 10 }, 0.05, 0.1, 0.15, 0.2, 0.2, 0.2);

    [Fact]
    public void Cosine_falls_to_its_end_and_stays() =>
        AssertRates(new ScheduleSpec { Name = ScheduleName.Cosine, Rounds = 4 }, 0.2, 0.170710678118655, 0.1, 0.0292893218813452, 0.0292893218813452, 0.0292893218813452);

    [Fact]
    public void Cosine_is_multiplied_by_the_warm_up() =>
        AssertRates(new ScheduleSpec { Name = ScheduleName.Cosine, Rounds = 4, WarmupRounds = 2 }, 0.1, 0.170710678118655, 0.1, 0.0292893218813452);

    [Fact]
    public void Steps_fall_by_their_factor_and_stop_at_the_schedules_end() =>
        AssertRates(new ScheduleSpec { Name = ScheduleName.Step, StepRounds = 2, StepFactor = 0.5, Rounds = 5 }, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05);

    [Fact]
    public void A_schedule_without_its_parameter_says_which()
    {
        var error = Assert.Throws<InvalidOperationException>(() => LearningRateSchedule.At(Training(new ScheduleSpec { Name = ScheduleName.Step }), 1));
        Assert.Contains("training.schedule.stepRounds", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => LearningRateSchedule.At(Training(new ScheduleSpec { Name = ScheduleName.Cosine }), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.At(Training(new ScheduleSpec()), 0));
    }

    private static void AssertRates(ScheduleSpec schedule, params double[] expected)
    {
        for (var round = 1; round <= expected.Length; round++)
            Assert.Equal(expected[round - 1], LearningRateSchedule.At(Training(schedule), round), 1e-14);
    }

    private static TrainingSpec Training(ScheduleSpec schedule) => new() { Optimizer = new OptimizerSpec { LearningRate = 0.2 }, Schedule = schedule };
}
