using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Local;

namespace FedOperator.Operator.Remote;

/// <summary>A job of a cluster in words: the output of `fed status`.</summary>
internal static class StatusText
{
    // With more processes, those that just run are counted only.
    private const int AllShown = 20;
    private const int FailuresShown = 5;
    private const int StatesShown = 5;

    /// <summary>Writes it.</summary>
    public static void Write(RemoteJob job, DateTimeOffset now, TextWriter output)
    {
        var status = job.Status;
        output.WriteLine($"job        {job.Key.Name} in namespace {job.Key.Namespace}, {RunStatus.Span(now - job.Created)} old{(job.IsDeleting ? ", being deleted" : "")}");
        output.WriteLine($"state      {State(job)}");
        if (Conditions.Find(status, Conditions.Degraded) is { Status: "True" } degraded)
            output.WriteLine($"trouble    {degraded.Reason}: {degraded.Message}");
        if (status.RoundSummary is { } rounds)
            output.WriteLine($"rounds     {rounds}{Pace(job)}");
        if (status.ClientSummary is { } clients && !job.IsOver)
            output.WriteLine($"clients    {clients} at work");
        if (status.Accuracy is not null || status.Loss is not null)
            output.WriteLine($"accuracy   {Number(status.Accuracy) ?? "not evaluated yet"}{(Number(status.Loss) is { } loss ? $", training loss {loss}" : "")}");
        if (status.ClientAccuracy is { } own)
            output.WriteLine($"own models {Number(own.Mean)} in the mean, the worst {Number(own.Worst)} of {own.WorstClient}{(Number(own.GlobalModel) is { } global ? $"; the global model {global}" : "")}");
        if (status.StartTime is { } start)
            output.WriteLine($"time       started {Words.Time(start)}, {(status.CompletionTime is { } end ? $"ended {Words.Time(end)}: {RunStatus.Span(end - start)}" : $"{RunStatus.Span(now - start)} ago")}");
        if (status.Restarts is > 0 and { } restarts)
            output.WriteLine($"restarts   {restarts.ToString(CultureInfo.InvariantCulture)}");
        WriteResult(job, output);
        // A job that was never accepted has no processes.
        if (job.Spec.Job is not null || job.Pods.Count > 0)
            WriteProcesses(job, now, output);
        WriteFailures(status, now, output);
        output.WriteLine();
        foreach (var (step, i) in NextSteps.Of(job, now).Select((step, i) => (step, i)))
            output.WriteLine($"{(i == 0 ? "next       " : "           ")}{step}");
    }

    private static string State(RemoteJob job)
    {
        if (Conditions.Find(job.Status, Conditions.Running) is not { } running)
            return "no operator has looked at it yet";
        return running.Message is { Length: > 0 } message ? $"{running.Reason}: {message}" : running.Reason;
    }

    private static string Pace(RemoteJob job)
    {
        if (job.Status is not { LastRoundSeconds: > 0 and var seconds, Round: { } round } || job.IsOver || Conditions.Is(job.Status, Conditions.Suspended) || job.Spec.Job is not { } manifest)
            return "";
        var left = TimeSpan.FromSeconds(seconds * Math.Max(manifest.Spec.Rounds - round, 0));
        return string.Create(CultureInfo.InvariantCulture, $", the last took {seconds:0.##} s; at that pace {RunStatus.Span(left)} are left");
    }

    private static void WriteResult(RemoteJob job, TextWriter output)
    {
        if (job.Status.Result is not { Checkpoint: { } checkpoint } result)
            return;
        output.WriteLine($"result     {checkpoint}");
        if (result.Best is { } best && best != checkpoint)
            output.WriteLine($"best       {best}");
        if (result.Sha256 is { } sha)
            output.WriteLine($"sha256     {sha}");
        foreach (var (place, i) in (result.Personal ?? []).Take(StatesShown).Select((place, i) => (place, i)))
            output.WriteLine($"{(i == 0 ? "personal  " : "          ")} {place.Client}: {place.State}");
        if (result.Personal?.Count > StatesShown)
            output.WriteLine($"           and {(result.Personal.Count - StatesShown).ToString(CultureInfo.InvariantCulture)} more: --json has them");
    }

    private static void WriteProcesses(RemoteJob job, DateTimeOffset now, TextWriter output)
    {
        var all = ProcessState.Of(job, now);
        var shown = all.Count <= AllShown ? all : [.. all.Where(p => !p.IsWell)];
        output.WriteLine();
        if (job.Blind is { } why)
            output.WriteLine($"The pods cannot be seen: {why}");
        var width = shown.Select(p => p.Name.Length).DefaultIfEmpty().Max();
        foreach (var process in shown)
            output.WriteLine($"  {process.Name.PadRight(width)}  {process.Words}");
        if (all.Count > shown.Count)
            output.WriteLine($"  {(shown.Count == 0 ? "all" : "the other")} {(all.Count - shown.Count).ToString(CultureInfo.InvariantCulture)} processes run, and nothing is wrong with them");
    }

    private static void WriteFailures(FederatedJobStatus status, DateTimeOffset now, TextWriter output)
    {
        if (status.Failures is not { Count: > 0 } failures)
            return;
        output.WriteLine();
        output.WriteLine("failures, the newest first");
        foreach (var failure in failures.Take(FailuresShown))
            output.WriteLine($"  {failure.Client}: {ProcessState.Failure(failure, now)}");
        if (failures.Count > FailuresShown)
            output.WriteLine($"  and {(failures.Count - FailuresShown).ToString(CultureInfo.InvariantCulture)} more: --json has them");
    }

    private static string? Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture);
}
