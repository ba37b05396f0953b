using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Operator.Jobs;
using FedOperator.Operator.Local;

namespace FedOperator.Operator.Tests.Local;

/// <summary>`fed run` as a process of its own; a shell script stands for the trainer, and the ledger is written beforehand.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FedRunTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fed-run-");
    private readonly FederatedJob _job = Samples.Job("fashion-mnist");

    // A data set's files, which the script does not read.
    public FedRunTests() => WrittenFiles.Of(DataFormat.Idx, _root.FullName);

    public void Dispose() => _root.Delete(recursive: true);

    private RunFolder Out => new(Path.Combine(_root.FullName, "out"));

    private static int Rounds => Samples.Plan("fashion-mnist").Rounds;

    [Fact]
    public async Task A_complete_run_leaves_checkpoint_summary_and_report_and_says_so_last()
    {
        await Seed(rounds: Rounds);
        var (code, output, errors) = await Fed("exit 0", "run", Samples.File("fashion-mnist"), "--out", Out.Path, "--data", _root.FullName);

        Assert.Equal((0, ""), (code, errors));
        var last = output.TrimEnd().Split('\n')[^1];
        Assert.Matches($"^fed: job=fashion-mnist state=Complete rounds={Rounds} accuracy=0\\.5200 seconds=[0-9.]+ checkpoint=.*out/checkpoint.safetensors$", last);
        Assert.Equal(SampleLedger.CheckpointOf(Rounds), await File.ReadAllBytesAsync(Out.Checkpoint));
        Assert.Contains("const data = {", await File.ReadAllTextAsync(Out.Report), StringComparison.Ordinal);
        Assert.Equal("Complete", JsonNode.Parse(await File.ReadAllTextAsync(Out.Summary))!["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_run_that_is_complete_already_starts_nothing()
    {
        await Seed(rounds: Rounds);
        var (code, output, _) = await Fed("touch $0.ran", "run", Samples.File("fashion-mnist"), "--out", Out.Path, "--data", _root.FullName);

        Assert.Equal(0, code);
        Assert.Contains("it was complete already", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Trainer + ".ran"));
    }

    [Fact]
    public async Task Every_process_gets_its_own_arguments()
    {
        await Seed(rounds: 7);
        await Fed("echo \"$@\"", "run", Samples.File("fashion-mnist"), "--out", Out.Path, "--data", _root.FullName);

        var id = JobId.Local("fashion-mnist");
        var store = new Uri(Out.Ledger).AbsoluteUri;
        Assert.Matches($"^init --store {store} --job {id} --parent-pid [0-9]+$", (await File.ReadAllTextAsync(Out.Log("init"))).Trim());
        Assert.Matches($"^train --store {store} --job {id} --client edge-2 --data {_root.FullName} --parent-pid [0-9]+$", (await File.ReadAllTextAsync(Out.Log("edge-2"))).Trim());
    }

    [Fact]
    public async Task A_stopped_run_leaves_no_process_and_says_how_to_resume()
    {
        await Seed(rounds: 7);
        using var fed = Start("case $1 in init) exit 0;; esac; echo $$ >$0.$1.pid.new; mv $0.$1.pid.new $0.$1.pid; exec sleep 600", "run", Samples.File("fashion-mnist"), "--out", Out.Path, "--data", _root.FullName);
        var pid = Trainer + ".aggregate.pid";
        while (!File.Exists(pid))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        using (var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {fed.Id}"]))
            await kill.WaitForExitAsync();
        var output = await fed.StandardOutput.ReadToEndAsync();
        await fed.WaitForExitAsync();

        Assert.Equal(130, fed.ExitCode);
        Assert.Contains("resume     fed run --resume ", output, StringComparison.Ordinal);
        Assert.Contains("state=Stopped rounds=7", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists("/proc/" + (await File.ReadAllTextAsync(pid)).Trim()));

        await Seed(rounds: Rounds);
        var (code, resumed, _) = await Fed("exit 0", "run", "--resume", Out.Path);
        Assert.Equal(0, code);
        Assert.Contains("(resumed)", resumed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_with_a_run_of_another_plan_is_refused_and_left_as_it_was()
    {
        await Seed(rounds: Rounds);
        await Fed("exit 0", "run", Samples.File("fashion-mnist"), "--out", Out.Path, "--data", _root.FullName);
        var manifest = await File.ReadAllTextAsync(Out.Manifest);
        var other = Path.Combine(_root.FullName, "other.yaml");
        await File.WriteAllTextAsync(other, manifest.Replace("seed: 1", "seed: 2", StringComparison.Ordinal));

        var (code, _, errors) = await Fed("exit 0", "run", other, "--out", Out.Path, "--data", _root.FullName);

        Assert.Equal(2, code);
        Assert.Contains("use another --out, or delete the folder", errors, StringComparison.Ordinal);
        Assert.Equal(manifest, await File.ReadAllTextAsync(Out.Manifest));
    }

    [Fact]
    public async Task A_job_that_grew_resumes_and_tells_the_aggregator()
    {
        await Seed(rounds: Rounds);
        await Fed("exit 0", "run", Samples.File("fashion-mnist"), "--out", Out.Path, "--data", _root.FullName);
        await File.WriteAllTextAsync(Out.Manifest, (await File.ReadAllTextAsync(Out.Manifest)).Replace($"rounds: {Rounds}", $"rounds: {Rounds + 100}", StringComparison.Ordinal));

        var (_, output, _) = await Fed("exit 0", "run", "--resume", Out.Path);

        // The script that stands for the aggregator trains nothing, so the job is not complete.
        Assert.Contains($"state=Failed rounds={Rounds}", output, StringComparison.Ordinal);
        var control = await new FileBlobStore(GlobalFolder).ReadDocumentAsync(LedgerPaths.Control, LedgerJson.Default.ControlDocument, CancellationToken.None);
        Assert.Equal(Rounds + 100, control!.Document.Rounds);
    }

    [Fact]
    public async Task A_job_whose_client_is_lost_without_a_quorum_fails_at_once()
    {
        var (code, output, _) = await Fed("case $1 in init) exit 0;; train) exit 2;; esac; exec sleep 600", "run", Samples.File("fashion-mnist"), "--out", Out.Path, "--data", _root.FullName);

        Assert.Equal(3, code);
        Assert.Contains("is not started again: 4 clients are left, and a quorum of 1 needs 5", output, StringComparison.Ordinal);
        Assert.Contains("state=Failed rounds=0 accuracy=-", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_aggregator_that_ends_before_its_ledger_does_is_a_failure()
    {
        await Seed(rounds: 7);
        var (code, output, _) = await Fed("exit 0", "run", Samples.File("fashion-mnist"), "--out", Out.Path, "--data", _root.FullName);

        Assert.Equal(3, code);
        Assert.Contains("its newest closed round is train 7", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_data_a_run_is_refused()
    {
        var (code, _, errors) = await Fed("exit 0", "run", Samples.File("fashion-mnist"), "--out", Out.Path, "--data", "/no/such/folder");

        Assert.Equal(2, code);
        Assert.Contains("--data /no/such/folder: no such folder", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resuming_a_folder_without_a_run_is_refused() => Assert.Equal(2, (await Fed("exit 0", "run", "--resume", _root.FullName)).Code);

    private string Trainer => Path.Combine(_root.FullName, "trainer.sh");

    private string GlobalFolder => Path.Combine(Out.Ledger, LedgerPaths.GlobalContainer(JobId.Local("fashion-mnist")));

    private Task Seed(int rounds) => SampleLedger.WriteAsync(GlobalFolder, Planning.Resolve(_job, JobId.Local("fashion-mnist")), rounds);

    private async Task<(int Code, string Output, string Errors)> Fed(string trainer, params string[] arguments)
    {
        using var fed = Start(trainer, arguments);
        var output = fed.StandardOutput.ReadToEndAsync();
        var errors = fed.StandardError.ReadToEndAsync();
        await fed.WaitForExitAsync();
        return (fed.ExitCode, await output, await errors);
    }

    private Process Start(string trainer, params string[] arguments)
    {
        File.WriteAllText(Trainer, "#!/bin/sh\n" + trainer + "\n");
        File.SetUnixFileMode(Trainer, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments.Prepend(Path.Combine(AppContext.BaseDirectory, "fed.dll")))
            start.ArgumentList.Add(argument);
        start.Environment[TrainerProgram.Variable] = Trainer;
        return Process.Start(start)!;
    }
}
