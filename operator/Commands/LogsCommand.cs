using System.CommandLine;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Remote;

namespace FedOperator.Operator.Commands;

/// <summary>`fed logs NAME`.</summary>
internal static class LogsCommand
{
    public static Command Create(TextWriter output, TextWriter errors)
    {
        var cluster = new ClusterOptions();
        var client = new Option<string?>("--client") { Description = "Only that client's log." };
        var aggregator = new Option<bool>("--aggregator") { Description = "Only the aggregator's log." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on as lines are written, and with the next pod where a process is started again, until the job has ended." };
        var tail = new Option<int?>("--tail") { Description = "Only so many last lines of each process. Default: all." };
        var command = new Command("logs",
            """
            Prints the logs of a job's processes in a cluster, each line behind the name of its process where there are several.

            Of a process that was started again, the log is its newest pod's; why earlier ones ended, `fed status` says.
            """)
        { client, aggregator, follow, tail };
        cluster.AddTo(command);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(aggregator) && parsed.GetValue(client) is not null)
                parsed.AddError("Give either --client or --aggregator.");
            if (parsed.GetValue(tail) < 0)
                parsed.AddError("--tail: give a number of lines, from 0.");
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            var process = parsed.GetValue(aggregator) ? JobProcesses.AggregatorName : parsed.GetValue(client);
            var request = new LogRequest(cluster.Name(parsed), process, parsed.GetValue(follow), parsed.GetValue(tail));
            return RemoteCommand.RunAsync(cluster.Cluster(parsed), errors, c => new JobLogs(c, request, output, errors, TimeProvider.System).RunAsync(cancellationToken), cancellationToken);
        });
        return command;
    }
}
