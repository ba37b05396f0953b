using FedOperator.Core.Ledger;

namespace FedOperator.Trainer.Rounds;

/// <summary>Holds a report against open.json and the plan, before its update is looked at.</summary>
internal static class ReportCheck
{
    /// <summary>Why the report does not count; null where nothing is wrong with it.</summary>
    public static Exclusion? Judge(Plan plan, OpenDocument open, Participant participant, ReportDocument report)
    {
        Exclusion Bad(ExclusionReason reason, string message) => new(participant.Name, reason, Quoted.Message(message));

        if (report.Protocol != open.Protocol)
            return Bad(ExclusionReason.Protocol, $"the report speaks protocol {report.Protocol}, the job {open.Protocol}: use a trainer of the job's version");
        if (report.Plan != open.Plan)
            return Bad(ExclusionReason.Stale, $"the report is for plan {Quoted.Short(report.Plan)}, the job's is {Quoted.Short(open.Plan)}");
        if (report.Round != open.Round)
            return Bad(ExclusionReason.Stale, $"the report is for round {report.Round}, not for {open.Round}");
        if (report.Base != open.Base.Sha256)
            return Bad(ExclusionReason.Stale, $"the report starts from base {Quoted.Short(report.Base)}, the round from {Quoted.Short(open.Base.Sha256)}");
        if (report.State is not null && !LedgerPaths.IsSha256(report.State))
            return Bad(ExclusionReason.Malformed, "`state` is not a SHA-256 in lower-case hex");
        if (open.Round.Kind != RoundKind.Evaluate && !LedgerPaths.IsSha256(report.Update))
            return Bad(ExclusionReason.Malformed, "`update` is not a SHA-256 in lower-case hex");

        var complaint = open.Round.Kind switch
        {
            RoundKind.Train => TrainingComplaint(plan, participant, report),
            RoundKind.Statistics => Differs("samples", report.Samples, participant.Samples),
            _ => null,
        } ?? EvaluationComplaint(plan, open, participant, report);
        return complaint is var (reason, message) ? Bad(reason, message) : null;
    }

    private static (ExclusionReason, string)? TrainingComplaint(Plan plan, Participant participant, ReportDocument report)
    {
        if (report.Training is not { } sums)
            return (ExclusionReason.Malformed, "`training` is missing");
        return Differs("samples", report.Samples, Workload.Samples(plan.Training, participant.TrainSamples))
            ?? Differs("steps", report.Steps, Workload.RoundSteps(plan, participant.TrainSamples))
            ?? SumsComplaint("training", sums, Workload.RoundSamples(plan, participant.TrainSamples));
    }

    private static (ExclusionReason, string)? EvaluationComplaint(Plan plan, OpenDocument open, Participant participant, ReportDocument report)
    {
        if (!open.Evaluate)
            return null;
        var samples = Workload.EvaluationSamples(plan.Normalization, open.EvaluateMaxSamples, participant.TestSamples);
        if (report.Evaluation is not { } sums)
            return (ExclusionReason.Malformed, "`evaluation` is missing");
        // What the global model would do is no client's duty to know: a trainer of an earlier version does not.
        return SumsComplaint("evaluation", sums, samples) ?? (report.GlobalEvaluation is { } global ? SumsComplaint("globalEvaluation", global, samples) : null);
    }

    private static (ExclusionReason, string)? SumsComplaint(string field, SampleSums sums, long samples)
    {
        if (!double.IsFinite(sums.LossSum))
            return (ExclusionReason.NonFinite, $"`{field}.lossSum` is {sums.LossSum}: did the client's training diverge?");
        if (sums.LossSum < 0)
            return (ExclusionReason.Implausible, $"`{field}.lossSum` is {sums.LossSum}, and a cross-entropy is never negative");
        if (sums.Correct < 0 || sums.Correct > sums.Samples)
            return (ExclusionReason.Implausible, $"`{field}.correct` is {sums.Correct} of {sums.Samples}");
        return Differs(field + ".samples", sums.Samples, samples);
    }

    private static (ExclusionReason, string)? Differs(string field, long seen, long implied) =>
        seen == implied ? null : (ExclusionReason.Implausible, $"`{field}` is {seen}, and the plan implies {implied}");
}
