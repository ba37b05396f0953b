using System.CommandLine;
using System.Globalization;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Training;
using Microsoft.Extensions.Logging;

namespace FedOperator.Trainer.Commands;

/// <summary>`trainer evaluate`: one model on the whole test split, as one machine with all the data would, or on one client's.</summary>
internal static partial class EvaluateCommand
{
    private const int Named = 3;

    public static Command Create()
    {
        var plan = new Option<FileInfo>("--plan") { Required = true, Description = "The job's plan.json." };
        var checkpoint = new Option<FileInfo>("--checkpoint") { Required = true, Description = "A checkpoint or result of that job, or a client's whole model as `fed export` writes it (safetensors)." };
        var data = new Option<string>("--data") { Required = true, Description = "Folder with the data; with --client that client's." };
        var client = new Option<string?>("--client") { Description = "Evaluate on this client's share of the test split alone, with the statistics that the file has (with `population: precise` a client gathers its own for each evaluation). Default: the whole split." };
        var command = new Command("evaluate", "Evaluates a model and prints `accuracy=A loss=L samples=N`. Without --client images are as they are in the files: no data.partition.featureShift.") { plan, checkpoint, data, client };
        var device = new DeviceOption();
        device.AddTo(command);
        command.SetAction((arguments, cancellationToken) => ExitCodes.RunAsync(async log =>
        {
            var computesOn = device.Choose(arguments, log);
            var read = PlanJson.Read(await File.ReadAllBytesAsync(arguments.GetValue(plan)!.FullName, cancellationToken).ConfigureAwait(false));
            var file = arguments.GetValue(checkpoint)!.FullName;
            var who = arguments.GetValue(client) is { } name ? JobReading.Client(read, name) : new PlannedClient("all", Required: false, read.Clients[0].Format, new Core.Api.PartitionSpec(), Shard: 0, Shards: 1, Pixels: read.Clients[0].Pixels);
            using var trainer = new LocalTrainer(read, who.Name, ClientData.Load(arguments.GetValue(data)!, read, who), computesOn);
            var tensors = TensorFile.Read(file, await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false));
            if (!trainer.LoadModel(TensorFile.WithTrainingTensors(trainer.Layout, tensors)))
                LogIncomplete(log.CreateLogger("trainer"), file, Missing(trainer.Layout), read.Model.InitialCheckpoint is null ? "that a client has before its first round" : "of the seed's draw, and not those of model.initialCheckpoint");
            var score = trainer.Evaluate(maxSamples: null, cancellationToken);
            if (score.Samples == 0)
                throw new InvalidDataException($"{who.Name} has no test samples that can be evaluated: its share of the partition is empty{(Workload.InfersByMiniBatch(read.Normalization) ? ", or a single one, and normalization.population is `miniBatch`" : "")}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"accuracy={(double)score.Correct / score.Samples:F4} loss={score.LossSum / score.Samples:F6} samples={score.Samples}"));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static string Missing(ModelLayout layout)
    {
        var missing = WholeModel.Personal(layout);
        return string.Join(", ", missing.Take(Named).Select(t => t.Name)) + (missing.Count > Named ? string.Create(CultureInfo.InvariantCulture, $" and {missing.Count - Named} more") : "");
    }

    [LoggerMessage(94, LogLevel.Warning, "{File}: the tensors that stay with the clients are not in it ({Missing}): evaluated with those {Those}. `fed export` writes a client's whole model")]
    private static partial void LogIncomplete(ILogger log, string file, string missing, string those);
}
