using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Local;

namespace FedOperator.Operator.Remote;

/// <summary>One process of a job, in words.</summary>
/// <param name="Name">The client's, or `aggregator`.</param>
/// <param name="Pod">Its newest pod's name; null where it has none.</param>
/// <param name="Words">Where it stands, what is wrong, how often it failed.</param>
/// <param name="IsWell">Nothing is to be said but that it runs.</param>
internal sealed record ProcessState(string Name, string? Pod, string Words, bool IsWell)
{
    /// <summary>All processes of a job, external clients included.</summary>
    public static IReadOnlyList<ProcessState> Of(RemoteJob job, DateTimeOffset now) =>
        [.. job.Processes.Select(process => Of(job, process, now)), .. job.Clients.Where(c => c.External).Select(c => External(job, c.Name))];

    private static ProcessState Of(RemoteJob job, string process, DateTimeOffset now)
    {
        var pod = job.Newest(process);
        var known = job.Status.Attempts?.FirstOrDefault(a => a.Name == process);
        var last = LastFailure(job, process);
        var words = new List<string> { pod is null ? Podless(job, known, now) : Standing(pod) };
        if (known is { Lost: true })
            words.Add("lost: it failed more often than spec.failurePolicy.maxRestarts forgives, and is not started again");
        if (known is { InARow: > 0 } failing)
            words.Add(Text($"{Jobs.Words.Count(failing.InARow, "failure")} in a row"));
        if (last is not null && known is { Lost: true } or { InARow: > 0 } or { Attempt: > 0 })
            words.Add("last " + Failure(last!, now));
        if (pod is { Attempt: > 0 } again)
            words.Add(Text($"started {again.Attempt + 1} times"));
        return new ProcessState(process, pod?.Name, string.Join("; ", words), pod is { Phase: PodPhase.Running, Terminating: false, Trouble: null } or { Phase: PodPhase.Succeeded } && words.Count == 1);
    }

    private static ProcessState External(RemoteJob job, string client)
    {
        var last = LastFailure(job, client);
        return new ProcessState(client, null, $"external: it runs outside the cluster{(last is null ? "" : $"; last {Failure(last, DateTimeOffset.MinValue)}")}", IsWell: last is null);
    }

    private static FailureRecord? LastFailure(RemoteJob job, string process) => job.Status.Failures?.FirstOrDefault(f => f.Client == process);

    private static string Standing(ObservedPod pod) => pod switch
    {
        { Terminating: true } => $"its pod is ending{On(pod)}",
        { Phase: PodPhase.Succeeded } => "done",
        { End: { } end } => $"ended: {end.Reason}{Code(end.ExitCode)}: {end.Message}",
        { Trouble: { } trouble } => trouble.Message.StartsWith(trouble.Reason, StringComparison.Ordinal) ? trouble.Message : $"{trouble.Reason}: {trouble.Message}",
        { Phase: PodPhase.Running } => "running" + On(pod),
        { Node: { Length: > 0 } } => "being started" + On(pod),
        _ => "waits for a node",
    };

    private static string Podless(RemoteJob job, ProcessAttempts? known, DateTimeOffset now) =>
        known is { NotBefore: { } start } && start > now ? $"is started again in {RunStatus.Span(start - now)}"
        : job.Blind is not null ? "its pod is not known" : "no pod";

    /// <summary>A failure in one line.</summary>
    /// <param name="failure">It.</param>
    /// <param name="now">To say how long ago; the least value: not said.</param>
    public static string Failure(FailureRecord failure, DateTimeOffset now)
    {
        var ago = failure.Time is { } time && now > time ? $", {RunStatus.Span(now - time)} ago" : "";
        return $"{failure.Reason}{Code(failure.ExitCode)}{(failure.Round is { } round ? Text($" in round {round}") : "")}{ago}{(failure.Message is { Length: > 0 } message ? ": " + message : "")}";
    }

    private static string On(ObservedPod pod) => pod.Node is { Length: > 0 } node ? " on " + node : "";

    private static string Code(int? code) => code is { } c ? Text($" (exit code {c})") : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
