using System.CommandLine;
using FedOperator.Trainer.Metrics;
using FedOperator.Trainer.Rounds;
using Microsoft.Extensions.Logging;

namespace FedOperator.Trainer.Commands;

/// <summary>`trainer aggregate`: the one process that opens, cuts and closes rounds. It never loads libtorch.</summary>
internal static class AggregateCommand
{
    public static Command Create()
    {
        var options = new JobOptions();
        var command = new Command("aggregate", "Opens rounds, waits for the clients' updates, and reduces them into the next checkpoint, until the job ends.");
        options.AddTo(command);
        options.AddMetricsTo(command);
        command.SetAction((arguments, cancellationToken) => ExitCodes.RunAsync(async log =>
        {
            using var parent = options.WatchParent(arguments);
            await using var metrics = options.ServeMetrics(arguments);
            var job = await JobReading.ContextAsync(options.OpenLedger(arguments, log, retried: metrics is null ? null : metrics.StorageRetried), options.PollFloor(arguments), cancellationToken).ConfigureAwait(false);
            if (metrics is not null)
                await metrics.StartedAsync().ConfigureAwait(false);
            var measured = metrics is null ? null : new AggregatorMetrics(metrics.Factory, job.Plan.Clients.Count);
            var outcome = await new AggregatorLoop(job, log.CreateLogger<AggregatorLoop>(), measured).RunAsync(cancellationToken).ConfigureAwait(false);
            return ExitCodes.Of(outcome.Failure, log);
        }));
        return command;
    }
}
