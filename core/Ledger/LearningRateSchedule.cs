using FedOperator.Core.Api;

namespace FedOperator.Core.Ledger;

/// <summary>The learning rate of a train round, as a pure function of plan and round.</summary>
public static class LearningRateSchedule
{
    /// <summary>Rate of round <paramref name="round"/> (from 1): base rate x warm-up x schedule. Past `schedule.rounds` it stays where it was there.</summary>
    /// <remarks>
    /// Warm-up: min(1, round / warmupRounds). With t = min(round, schedule.rounds) - 1 rounds done: constant 1; cosine (1 + cos(pi t / rounds)) / 2; step stepFactor^floor(t / stepRounds).
    /// </remarks>
    public static double At(TrainingSpec training, int round)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(round, 1);
        var schedule = training.Schedule;
        var warmup = schedule.WarmupRounds > 0 ? Math.Min(1, (double)round / schedule.WarmupRounds) : 1;
        var done = Math.Min(round, schedule.Rounds ?? int.MaxValue) - 1;
        var factor = schedule.Name switch
        {
            ScheduleName.Cosine => 0.5 * (1 + Math.Cos(Math.PI * done / (schedule.Rounds ?? throw Missing("schedule.rounds", "cosine")))),
            ScheduleName.Step => Math.Pow(schedule.StepFactor, done / (schedule.StepRounds ?? throw Missing("schedule.stepRounds", "step"))),
            _ => 1,
        };
        return training.Optimizer.LearningRate * warmup * factor;
    }

    private static InvalidOperationException Missing(string field, string schedule) =>
        new($"training.{field} is not set: the schedule `{schedule}` needs it");
}
