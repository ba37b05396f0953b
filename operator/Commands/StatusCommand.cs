using System.CommandLine;
using System.Text.Json;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Remote;

namespace FedOperator.Operator.Commands;

/// <summary>`fed status NAME`.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static Command Create(TextWriter output, TextWriter errors)
    {
        var cluster = new ClusterOptions();
        var watch = new Option<bool>("--watch", "-w") { Description = "Show it again whenever something changes, until the job has ended; a server that is away in between is waited for. Exit code 3 where it failed." };
        var json = new Option<bool>("--json") { Description = "As JSON, for programs: the job's status and each process. With --watch, one line for each change." };
        var command = new Command("status", "Says how a job in a cluster is: its state and why, rounds, accuracy, every client, what failed, where the result lies, and what to do next.") { watch, json };
        cluster.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var show = new Show(cluster.Name(parsed), parsed.GetValue(json), parsed.GetValue(watch), output, TimeProvider.System);
            return RemoteCommand.RunAsync(cluster.Cluster(parsed), errors, c => show.RunAsync(c, cancellationToken), cancellationToken);
        });
        return command;
    }

    private sealed record Show(string Name, bool AsJson, bool Watch, TextWriter Output, TimeProvider Time)
    {
        // On a terminal what is new replaces what was; in a pipe it follows it.
        private bool Clears => Watch && !AsJson && ReferenceEquals(Output, Console.Out) && !Console.IsOutputRedirected;

        public async Task<int> RunAsync(Cluster cluster, CancellationToken cancellationToken)
        {
            for (var last = ""; ;)
            {
                RemoteJob job;
                try
                {
                    job = await RemoteJob.ReadAsync(cluster, Name, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (Watch && last.Length > 0 && !cancellationToken.IsCancellationRequested && JobView.IsPassing(e))
                {
                    // A server that has once answered is waited for.
                    await Task.Delay(s_interval, Time, cancellationToken).ConfigureAwait(false);
                    continue;
                }
                var version = string.Join(' ', job.Pods.Select(p => p.ResourceVersion).Prepend(job.ResourceVersion));
                if (version != last || Clears)
                    await WriteAsync(job, isFirst: last.Length == 0).ConfigureAwait(false);
                last = version;
                if (!Watch || job.IsOver)
                    return Watch && Conditions.Is(job.Status, Conditions.Failed) ? ExitCode.Failed : ExitCode.Done;
                await Task.Delay(s_interval, Time, cancellationToken).ConfigureAwait(false);
            }
        }

        private async Task WriteAsync(RemoteJob job, bool isFirst)
        {
            using var text = new StringWriter { NewLine = "\n" };
            if (AsJson)
                text.WriteLine(StatusJson.Of(job, Time.GetUtcNow()).ToJsonString(Watch ? null : s_indented));
            else
                StatusText.Write(job, Time.GetUtcNow(), text);
            var above = Clears ? "\u001b[H\u001b[2J" : isFirst || AsJson ? "" : "\n";
            await Output.WriteAsync(above + text).ConfigureAwait(false);
            await Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
