using System.CommandLine;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Metrics;
using FedOperator.Trainer.Rounds;
using FedOperator.Trainer.Training;
using Microsoft.Extensions.Logging;

namespace FedOperator.Trainer.Commands;

/// <summary>`trainer train`: one client.</summary>
internal static partial class TrainCommand
{
    public static Command Create()
    {
        var options = new JobOptions();
        var device = new DeviceOption();
        var client = new Option<string>("--client") { Required = true, Description = "This client's name, as in the plan." };
        var data = new Option<string>("--data") { Required = true, Description = "Folder with this client's data." };
        var state = new Option<string?>("--state") { Description = "Folder for this client's personal state, which then never leaves this machine. Default: the client's private container." };
        var heartbeat = new Option<double>("--heartbeat-seconds") { Description = "Time between two heartbeats within a round, in seconds; more than 0.", DefaultValueFactory = _ => 5 };
        heartbeat.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() > 0))
                result.AddError("--heartbeat-seconds must be more than 0");
        });
        var command = new Command("train", "Trains as one client of a job, until the job ends.") { client, data, state, heartbeat };
        options.AddTo(command);
        device.AddTo(command);
        options.AddMetricsTo(command);
        command.SetAction((arguments, cancellationToken) => ExitCodes.RunAsync(async log =>
        {
            using var parent = options.WatchParent(arguments);
            var computesOn = device.Choose(arguments, log);
            LogDevice(log.CreateLogger("trainer"), computesOn);
            await using var metrics = options.ServeMetrics(arguments);
            var name = arguments.GetValue(client)!;
            var ledger = options.OpenLedger(arguments, log, name, arguments.GetValue(state), metrics is null ? null : metrics.StorageRetried);
            var plan = await JobReading.PlanAsync(ledger, options.PollFloor(arguments), cancellationToken).ConfigureAwait(false);
            var planned = JobReading.Client(plan, name);
            var shards = ClientData.Load(arguments.GetValue(data)!, plan, planned);
            using var trainer = new LocalTrainer(plan, name, shards, computesOn);
            var job = await JobReading.ContextAsync(ledger, options.PollFloor(arguments), cancellationToken).ConfigureAwait(false);
            if (metrics is not null)
                await metrics.StartedAsync().ConfigureAwait(false);
            var measured = metrics is null ? null : new TrainerMetrics(metrics.Factory);
            var work = new ClientWork(job, planned, shards, trainer, TimeSpan.FromSeconds(arguments.GetValue(heartbeat)), measured);
            var failure = await new ClientLoop(job, name, work, log.CreateLogger<ClientLoop>()).RunAsync(cancellationToken).ConfigureAwait(false);
            return ExitCodes.Of(failure, log);
        }));
        return command;
    }

    [LoggerMessage(96, LogLevel.Information, "computes on {Device}")]
    private static partial void LogDevice(ILogger log, TorchSharp.torch.Device device);
}
