using System.CommandLine;

namespace FedOperator.Operator.Commands;

/// <summary>`fed run FILE` and `fed run --resume DIR`.</summary>
internal static class RunCommand
{
    public static Command Create(TextWriter output, TextWriter errors)
    {
        var file = new Argument<string?>("FILE") { Description = "A FederatedJob as YAML or JSON; not with --resume.", Arity = ArgumentArity.ZeroOrOne };
        var folder = new Option<string?>("--out") { Description = "Folder of the run: ledger, logs, summary.json, report.html, checkpoint.safetensors. Default: runs/NAME." };
        var data = new Option<string?>("--data") { Description = "Folder with the data set (or, for a client with data of its own, with a folder of its name). Default: the manifest's data.path, or Debian's Fashion-MNIST where that does not exist here." };
        var store = new Option<string>("--store") { Description = "Where the ledger lies: `file` (in the run's folder) or `azure` (a local Azurite, with a signature for each process).", DefaultValueFactory = _ => "file" };
        store.AcceptOnlyFromAmong("file", "azure");
        var resume = new Option<string?>("--resume") { Description = "Go on with the run in that folder, with its manifest, data and store." };
        var command = new Command("run",
            """
            Runs a job on this machine: the aggregator and each client are processes of their own, and the ledger is a folder. The manifest's storage and volumes are replaced; its pods are ignored.

            Ctrl-C stops it, and leaves a run that can be resumed. The trainer program is found beside fed, or where FED_TRAINER says (trainer.dll, or an executable).
            """)
        { file, folder, data, store, resume };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(file) is null == parsed.GetValue(resume) is null)
                parsed.AddError("Give either FILE or --resume DIR.");
            if (parsed.GetValue(resume) is not null && (parsed.GetValue(folder) is not null || parsed.GetResult(store) is { Implicit: false }))
                parsed.AddError("--resume takes the folder and the store of the first run: leave out --out and --store.");
        });
        command.SetAction((parsed, cancellationToken) => new RunAction(output, errors, TimeProvider.System).RunAsync(
            new RunArguments(parsed.GetValue(file), parsed.GetValue(folder), parsed.GetValue(data), parsed.GetValue(store)!, parsed.GetValue(resume)), cancellationToken));
        return command;
    }
}
