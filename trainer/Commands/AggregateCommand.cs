using System.CommandLine;
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
        command.SetAction((arguments, cancellationToken) => ExitCodes.RunAsync(async log =>
        {
            using var parent = options.WatchParent(arguments);
            var job = await JobReading.ContextAsync(options.OpenLedger(arguments, log), options.PollFloor(arguments), cancellationToken).ConfigureAwait(false);
            var outcome = await new AggregatorLoop(job, log.CreateLogger<AggregatorLoop>()).RunAsync(cancellationToken).ConfigureAwait(false);
            return ExitCodes.Of(outcome.Failure, log);
        }));
        return command;
    }
}
