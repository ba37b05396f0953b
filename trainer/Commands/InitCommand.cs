using System.CommandLine;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Training;

namespace FedOperator.Trainer.Commands;

/// <summary>`trainer init`: model.json and checkpoint 0, a function of (plan, seed) and of the file that `model.initialCheckpoint` names. Run as often as you like.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        var options = new JobOptions();
        var file = new Option<string?>("--initial-checkpoint") { Description = "The safetensors file that the model starts from, where the plan has model.initialCheckpoint. Default: the plan's model.initialCheckpoint.path." };
        var command = new Command("init",
            """
            Writes the job's model.json and initial checkpoint, unless they are there.

            The weights are drawn from the plan's seed. With model.initialCheckpoint they are those of a file, whose tensors must have the names and shapes of the network's; modules under model.initialCheckpoint.reinitialize are drawn all the same. Once model.json is there the file is not read again.
            """)
        { file };
        options.AddTo(command);
        command.SetAction((arguments, cancellationToken) => ExitCodes.RunAsync(async log =>
        {
            using var parent = options.WatchParent(arguments);
            var ledger = options.OpenLedger(arguments, log);
            var plan = await JobReading.PlanAsync(ledger, options.PollFloor(arguments), cancellationToken).ConfigureAwait(false);
            await RunAsync(plan, ledger, arguments.GetValue(file), cancellationToken).ConfigureAwait(false);
            return ExitCodes.Done;
        }));
        return command;
    }

    /// <summary>Writes the initial checkpoint and model.json, where they are missing.</summary>
    /// <param name="plan">The job's plan.</param>
    /// <param name="ledger">Its containers.</param>
    /// <param name="file">What `model.initialCheckpoint` is here; null: the path that the plan has.</param>
    /// <param name="cancellationToken">Stops before anything decides.</param>
    internal static async Task RunAsync(Plan plan, JobLedger ledger, string? file, CancellationToken cancellationToken)
    {
        var global = ledger.Global;
        if (await global.ReadDocumentAsync(LedgerPaths.Model, LedgerJson.Default.ModelDocument, cancellationToken).ConfigureAwait(false) is { } done)
        {
            if (done.Document.Plan != plan.Hash)
                throw new LedgerException($"{global.Name}/{LedgerPaths.Model} is of plan {done.Document.Plan}, plan.json is {plan.Hash}: delete the run, or give it another id");
            return;
        }

        var initial = await InitialAsync(plan, file, cancellationToken).ConfigureAwait(false);
        var model = new ModelDocument
        {
            Plan = plan.Hash,
            Initial = await WriteAsync(ledger, LedgerPaths.InitialCheckpoint, initial.Shared, cancellationToken).ConfigureAwait(false),
            InitialPersonal = initial.Personal is { } personal ? await WriteAsync(ledger, LedgerPaths.InitialPersonal, personal, cancellationToken).ConfigureAwait(false) : null,
            Layout = initial.Layout,
        };
        // model.json last: where it is, the tensors are too.
        await global.CreateOrAdoptAsync(LedgerPaths.Model, model, LedgerJson.Default.ModelDocument, CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<InitialModel> InitialAsync(Plan plan, string? file, CancellationToken cancellationToken)
    {
        if (plan.Model.InitialCheckpoint is { } initial)
            return await InitialCheckpoint.LoadAsync(plan, file ?? initial.Path, cancellationToken).ConfigureAwait(false);
        if (file is not null)
            throw new InvalidDataException($"--initial-checkpoint {file}: the plan has no model.initialCheckpoint; give it in the manifest, or leave the option out");
        var (layout, checkpoint) = Initialization.Describe(plan);
        return new InitialModel(layout, checkpoint, Personal: null);
    }

    private static async Task<BlobReference> WriteAsync(JobLedger ledger, string name, IReadOnlyList<TensorContent> tensors, CancellationToken cancellationToken)
    {
        var content = TensorFile.Write(tensors);
        var blob = new BlobReference(name, LedgerJson.Sha256(content), content.Length);
        if (await ledger.Global.CreateAsync(name, content, cancellationToken).ConfigureAwait(false) is null)
        {
            var there = await ledger.Global.ReadAsync(name, long.MaxValue, ifNoneMatch: null, cancellationToken).ConfigureAwait(false);
            if (LedgerJson.Sha256(there.Content.Span) != blob.Sha256)
                throw new LedgerException($"{ledger.Global.Name}/{name} is there with another content: it was made by another build or plan, or from another model.initialCheckpoint. Delete the run, or give it another id");
        }
        return blob;
    }
}
