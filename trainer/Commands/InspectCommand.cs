using System.CommandLine;
using System.Text.Json;
using FedOperator.Core.Inspection;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Inspection;
using FedOperator.Trainer.Training;

namespace FedOperator.Trainer.Commands;

/// <summary>`trainer inspect`: one checkpoint under every kind of normalization statistics, as JSON; `fed inspect` shows it.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var plan = new Option<FileInfo>("--plan") { Required = true, Description = "The job's plan.json." };
        var checkpoint = new Option<FileInfo>("--checkpoint") { Required = true, Description = "A checkpoint or result of that job (safetensors)." };
        var data = new Option<string>("--data") { Required = true, Description = "Folder with the data set, or with a folder for each client." };
        var most = new Option<int>("--max-samples") { DefaultValueFactory = _ => 4000, Description = "At most so many training samples (for statistics) and test samples, of all clients together." };
        var command = new Command("inspect", "Evaluates a checkpoint with running, precise, mini-batch and per-client statistics, and prints the figures and what they say as JSON.") { plan, checkpoint, data, most };
        var device = new DeviceOption();
        device.AddTo(command);
        command.SetAction((arguments, cancellationToken) => ExitCodes.RunAsync(async log =>
        {
            var computesOn = device.Choose(arguments, log);
            var read = PlanJson.Read(await File.ReadAllBytesAsync(arguments.GetValue(plan)!.FullName, cancellationToken).ConfigureAwait(false));
            var file = arguments.GetValue(checkpoint)!.FullName;
            var tensors = TensorFile.Read(file, await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false)).ToList();
            TorchSharp.torch.set_num_threads(read.Training.Threads);
            using var inspection = new CheckpointInspection(read, InspectedShard.Load(read, arguments.GetValue(data)!, arguments.GetValue(most)), tensors, computesOn);
            Console.WriteLine(JsonSerializer.Serialize(inspection.Run(file, cancellationToken), InspectionJson.Default.InspectionDocument));
            return ExitCodes.Done;
        }));
        return command;
    }
}
