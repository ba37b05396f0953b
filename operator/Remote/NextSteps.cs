using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Remote;

/// <summary>What a user would do next: commands, ready to be copied.</summary>
internal static class NextSteps
{
    // An operator takes up a job within a moment.
    private static readonly TimeSpan s_unseen = TimeSpan.FromSeconds(30);

    /// <summary>One or some lines.</summary>
    public static IReadOnlyList<string> Of(RemoteJob job, DateTimeOffset now)
    {
        var (name, space) = (job.Key.Name, job.Key.Namespace);
        if (job.IsDeleting)
            return ["wait: the operator deletes what spec.storage.retention says, and then the job is gone"];
        if (Conditions.Find(job.Status, Conditions.Running) is null)
        {
            return now - job.Created < s_unseen
                ? [$"wait a moment, or follow it: fed status {name} -n {space} --watch"]
                : [$"see whether an operator runs, and serves namespace {space}: kubectl get pods -A -l app.kubernetes.io/name=fed-operator"];
        }
        if (Conditions.Find(job.Status, Conditions.Failed) is { Status: "True" } failed)
        {
            return failed.Reason == Conditions.InvalidSpec
                ? [$"correct the fields named above: kubectl edit fj {name} -n {space}, or in your file, where `fed validate FILE` finds the same and misspelt names too"]
                : [$"see what happened: fed logs {name} -n {space}", .. Pull(job, "what there is so far")];
        }
        if (Conditions.Is(job.Status, Conditions.Complete))
            return [.. Pull(job, "the model and its report"), .. Export(job)];
        if (Conditions.Is(job.Status, Conditions.Suspended))
            return [$"let it go on: kubectl patch fj {name} -n {space} --type merge -p '{{\"spec\":{{\"suspend\":false}}}}'"];
        var stuck = job.Processes.Select(job.Newest).OfType<ObservedPod>().Where(p => p is { Trouble: not null, IsFinished: false }).Take(1).Select(p => $"see why it does not start: kubectl describe pod {p.Name} -n {space}");
        var failing = (job.Status.Attempts ?? []).Where(a => a.Lost || a.InARow > 0).Take(1).Select(a => $"see why it fails: fed logs {name} -n {space} {Choice(a.Name)}");
        return [.. stuck, .. failing, $"follow it: fed status {name} -n {space} --watch, or fed logs {name} -n {space} -f"];
    }

    private static IEnumerable<string> Pull(RemoteJob job, string what) =>
        job.Status.Result?.Checkpoint is null ? [] : [$"fetch {what}: fed pull {job.Key.Name} -n {job.Key.Namespace}"];

    private static IEnumerable<string> Export(RemoteJob job) =>
        job.Status.Result?.Personal is { Count: > 0 } personal ? [$"write one client's whole model to a file: fed export {job.Key.Name} -n {job.Key.Namespace} --client {personal[0].Client}"] : [];

    private static string Choice(string process) => process == JobProcesses.AggregatorName ? "--aggregator" : "--client " + process;
}
