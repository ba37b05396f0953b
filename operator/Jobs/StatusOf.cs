using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>What a pass found out about a job.</summary>
internal sealed record Findings
{
    /// <summary>The plan that governs; null where there is none, or none that can be read.</summary>
    public Plan? Plan { get; init; }

    /// <summary>Why a job cannot start, or cannot be followed.</summary>
    public Complaint? Obstacle { get; init; }

    /// <summary>Whether it is suspended.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>Whether it has ended.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>What its pods did.</summary>
    public required Review Review { get; init; }

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<Complaint> Complaints { get; init; } = [];

    /// <summary>When the credentials end, those of this pass included.</summary>
    public DateTimeOffset? CredentialsExpire { get; init; }

    /// <summary>Tells the key that signed them.</summary>
    public string? CredentialsKey { get; init; }
}

/// <summary>A job's status. Numbers are rounded, so that it changes only when there is something to see.</summary>
internal static class StatusOf
{
    /// <summary>The status that a pass writes.</summary>
    public static FederatedJobStatus Of(Pass pass, Findings found)
    {
        var before = pass.Before;
        var hasStarted = found.Plan is not null || before.StartTime is not null;
        var progress = pass.Progress;
        return before with
        {
            ObservedGeneration = pass.Observed.Generation,
            StartTime = hasStarted ? before.StartTime ?? pass.Now : null,
            CompletionTime = found.Verdict is null ? null : before.CompletionTime ?? pass.Now,
            Restarts = hasStarted ? (before.Restarts ?? 0) + found.Review.Restarted : before.Restarts,
            Round = hasStarted ? pass.Closed : before.Round,
            RoundSummary = found.Plan is { } plan ? Text($"{pass.Closed}/{Target(pass, found)}") : before.RoundSummary,
            ClientSummary = ClientSummary(pass, found),
            Accuracy = progress?.Evaluation is { Samples: > 0 } evaluated ? Rounded(evaluated.Accuracy(), 4) : before.Accuracy,
            ClientAccuracy = progress?.ClientAccuracy is { } clients ? Rounded(clients) : before.ClientAccuracy,
            Loss = progress?.Training is { Samples: > 0 } trained ? Rounded(trained.Loss(), 4) : before.Loss,
            LastRoundSeconds = progress?.LastRoundSeconds is > 0 and var seconds ? Rounded(seconds, seconds < 10 ? 2 : 0) : before.LastRoundSeconds,
            PlanHash = found.Plan?.Hash ?? before.PlanHash,
            AcceptedSpec = found.Plan is null ? before.AcceptedSpec : pass.Observed.Spec.Remembered(before),
            Storage = found.Plan is null ? before.Storage : StoragePlace.Of(pass.Spec.Storage),
            Result = Results.Of(pass, found),
            Failures = FailureList.Of(before, found.Review.Failures, progress, pass.Now),
            Attempts = found.Review.Attempts.Count == 0 ? before.Attempts : found.Review.Attempts,
            CredentialsExpire = found.CredentialsExpire,
            CredentialsKey = found.CredentialsKey,
            Conditions = ConditionsOf(pass, found),
        };
    }

    /// <summary>The status as it was, but for what is wrong.</summary>
    public static FederatedJobStatus Degraded(ObservedJob job, IReadOnlyList<Complaint> complaints, DateTimeOffset now)
    {
        var degraded = Conditions.Next(job, now, Conditions.Degraded, Combined(complaints), Recovered(job));
        return job.Status with
        {
            ObservedGeneration = job.Generation,
            Conditions = [.. (job.Status.Conditions ?? []).Where(c => c.Type != Conditions.Degraded), .. new[] { degraded }.OfType<JobCondition>()],
        };
    }

    private static Complaint Recovered(ObservedJob job) => new("Recovered", Conditions.Find(job.Status, Conditions.Degraded) switch
    {
        { Status: "True" } was => $"no longer {was.Reason}",
        { Message: { Length: > 0 } said } => said,
        _ => "nothing is wrong",
    });

    private static IReadOnlyList<JobCondition> ConditionsOf(Pass pass, Findings found)
    {
        var (job, now) = (pass.Observed, pass.Now);
        var (isRunning, state) = State(pass, found);
        var aggregator = pass.AtWork(JobProcesses.AggregatorName);
        var failed = found.Verdict is { Reason: { } reason } verdict ? new Complaint(reason, verdict.Message) : null;
        var complete = found.Verdict is { IsFailure: false } done ? new Complaint(Conditions.Complete, done.Message) : null;
        var suspended = found.IsSuspended ? new Complaint("SuspendedByUser", "spec.suspend is true") : null;
        return
        [
            .. new[]
            {
                Conditions.Next(job, now, Conditions.Running, isRunning ? state : null, state, always: true),
                Conditions.Next(job, now, Conditions.AggregatorReady, aggregator is null ? null : new Complaint("PodRunning", aggregator.Name), new Complaint("NoPodRunning", "the aggregator's pod does not run"), always: found.Plan is not null),
                Conditions.Next(job, now, Conditions.Suspended, suspended, new Complaint("Resumed", "spec.suspend is false")),
                Conditions.Next(job, now, Conditions.Complete, complete, new Complaint("RunsAgain", "spec.rounds has grown")),
                Conditions.Next(job, now, Conditions.Failed, failed, new Complaint("SpecAccepted", "the spec was corrected")),
                Conditions.Next(job, now, Conditions.Degraded, Combined(found.Complaints), Recovered(job)),
            }.OfType<JobCondition>(),
        ];
    }

    /// <summary>The condition Running: whether it is, and the word and the words for where the job stands.</summary>
    private static (bool IsRunning, Complaint State) State(Pass pass, Findings found)
    {
        if (found.Verdict is { } verdict)
            return (false, verdict.Reason is null ? new Complaint(Conditions.Complete, verdict.Message) : new Complaint(Conditions.Failed, $"{verdict.Reason}: {verdict.Message}"));
        if (found.IsSuspended)
            return (false, new Complaint(Conditions.Suspended, $"spec.suspend is true; set it to false, and the job {(pass.Before.StartTime is null ? "starts" : Text($"goes on after round {pass.Closed}"))}"));
        if (found.Plan is null)
            return pass.Before.StartTime is null ? (false, found.Obstacle ?? new Complaint("Pending", "it is about to start")) : (true, Standing(pass));
        var rounds = Text($"{pass.Closed} of {Target(pass, found)} rounds are closed");
        return (true, pass.Progress switch
        {
            { State: JobState.WaitingForClients } waiting => new Complaint("WaitingForClients", (waiting.Message is { Length: > 0 } said ? said + "; " : "") + $"waiting for {(waiting.WaitingFor.Count == 0 ? "a quorum" : Words.List(waiting.WaitingFor))}"),
            { State: JobState.Running } running => new Complaint("Training", rounds + (running.Message is { Length: > 0 } more ? $"; {more}" : "") + Awaited(running)),
            _ => new Complaint("Starting", pass.Closed == 0 ? "pods are being started" : $"{rounds}; pods are being started"),
        });
    }

    // Who is left of a round is worth a word; that many are is the rule.
    private static string Awaited(ProgressDocument running) => running.WaitingFor.Count is > 0 and <= 2 && running.LastRoundSeconds > 60 ? $"; waiting for {Words.List(running.WaitingFor)}" : "";

    private static Complaint Standing(Pass pass) => Conditions.Find(pass.Before, Conditions.Running) is { } before ? new Complaint(before.Reason, before.Message) : new Complaint("Starting", "pods are being started");

    private static string? ClientSummary(Pass pass, Findings found)
    {
        if (found.Plan is not { } plan)
            return found.IsSuspended && pass.Before.ClientSummary is { } known ? "0/" + known.Split('/')[^1] : pass.Before.ClientSummary;
        // How many took part stays to be seen after the end.
        if (found.Verdict is not null && Conditions.Standing(pass.Before) is not null)
            return pass.Before.ClientSummary;
        return Text($"{plan.Clients.Count(c => c.External ? IsHere(pass.Progress, c.Name) : IsAtWork(pass, c.Name))}/{plan.Clients.Count}");
    }

    private static bool IsAtWork(Pass pass, string client) =>
        pass.Pods[client].Any(p => !p.Terminating && (p is { Phase: PodPhase.Running, End: null } || p.End?.Reason == PodFailure.Completed));

    /// <summary>Whether an external client is at work: it said hello, and was not missing in the last round.</summary>
    private static bool IsHere(ProgressDocument? progress, string client) => progress switch
    {
        null or { State: JobState.Suspended } => false,
        { State: JobState.WaitingForClients } => !progress.WaitingFor.Contains(client, StringComparer.Ordinal),
        _ => !progress.Exclusions.Any(e => e.Round == progress.Closed && e.Exclusion.Client == client && e.Exclusion.Reason == ExclusionReason.Missing),
    };

    private static int Target(Pass pass, Findings found)
    {
        var target = ForbiddenEdits.Target(pass.Ledger, found.Plan!);
        return found.Verdict is null ? Math.Max(target, pass.Spec.Rounds) : target;
    }

    /// <summary>The first complaint's word, and all their words.</summary>
    private static Complaint? Combined(IReadOnlyList<Complaint> complaints) =>
        complaints.Count == 0 ? null : new Complaint(complaints[0].Reason, string.Join(". ", complaints.Select((c, i) => i == 0 ? c.Message : $"{c.Reason}: {c.Message}")));

    private static ClientAccuracy Rounded(ClientAccuracy clients) => clients with
    {
        Mean = Math.Round(clients.Mean, 4),
        Worst = Math.Round(clients.Worst, 4),
        GlobalModel = clients.GlobalModel is { } global ? Math.Round(global, 4) : null,
        Each = clients.Each.OrderBy(c => c.Key, StringComparer.Ordinal).ToDictionary(c => c.Key, c => Math.Round(c.Value, 4), StringComparer.Ordinal),
    };

    private static double? Rounded(double value, int digits) => double.IsFinite(value) ? Math.Round(value, digits) : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
