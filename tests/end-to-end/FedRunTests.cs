using System.Globalization;
using System.Text.RegularExpressions;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.EndToEnd.Tests.Harness;

namespace FedOperator.EndToEnd.Tests;

/// <summary>`fed run` from a manifest to a checkpoint, with real trainers.</summary>
public sealed class FedRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-run-").FullName;

    [Fact]
    public async Task A_folder_and_Azure_Blob_Storage_give_the_same_checkpoint_and_a_replay_agrees()
    {
        var (manifest, data) = await GivenAsync(Specs.Everything);
        var file = await RunAsync(manifest, data, "file");
        var azure = await RunAsync(manifest, data, "azure");
        Assert.Equal(await File.ReadAllBytesAsync(Path.Join(file, "checkpoint.safetensors")), await File.ReadAllBytesAsync(Path.Join(azure, "checkpoint.safetensors")));

        foreach (var run in new[] { file, azure })
        {
            var (code, output) = await FedProcess.RunAsync("replay", run);
            Assert.True(code == 0, output);
            Assert.Matches("^round=24 clients=3 ledger=[0-9a-f]{64} replayed=[0-9a-f]{64} identical\n$", output);
        }

        var (spent, why) = await FedProcess.RunAsync("replay", file, "--round", "3");
        Assert.Equal(2, spent);
        Assert.Contains("updateRounds is 2", why, StringComparison.Ordinal);
        await NoSignatureIsWrittenAnywhereAsync(azure);
    }

    [Fact]
    public async Task A_run_that_is_interrupted_and_one_that_is_killed_resume_to_the_same_checkpoint()
    {
        // Long enough not to have ended by the time that a busy machine gets round to interrupting it.
        var (manifest, data) = await GivenAsync(Specs.Everything.Replace("rounds: 24", "rounds: 96", StringComparison.Ordinal));
        var undisturbed = await RunAsync(manifest, data, "file");
        var folder = Path.Join(_folder, "disturbed");
        await using (var first = new InterruptedRun(folder, "run", manifest, "--data", data, "--out", folder))
        {
            await first.UntilClosedAsync(4);
            var (code, output) = await first.InterruptAsync();
            Assert.True(code == 130, output);
            Assert.Contains("resume     fed run --resume", output, StringComparison.Ordinal);
            Assert.Contains("state=Stopped", output, StringComparison.Ordinal);
        }

        await using (var second = new InterruptedRun(folder, "run", "--resume", folder))
        {
            await second.UntilClosedAsync(10);
            // No process of the run outlives its killed parent.
            await second.KillAsync();
        }

        var (end, last) = await FedProcess.RunAsync("run", "--resume", folder);
        Assert.True(end == 0, last);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Join(undisturbed, "checkpoint.safetensors")), await File.ReadAllBytesAsync(Path.Join(folder, "checkpoint.safetensors")));
    }

    [Fact]
    public async Task The_accuracy_of_the_clients_shards_is_that_of_one_machine_with_the_whole_test_split()
    {
        var spec = Specs.Everything.Replace("personalization: {method: fedPer, blocks: 1}", "", StringComparison.Ordinal);
        var (manifest, data) = await GivenAsync(spec);
        var run = await RunAsync(manifest, data, "file");
        var plan = Directory.GetFiles(Path.Join(run, "ledger"), LedgerPaths.Plan, SearchOption.AllDirectories).Single();
        var (code, output) = await FedProcess.RunAsync("trainer.dll", ["evaluate", "--plan", plan, "--checkpoint", Path.Join(run, "checkpoint.safetensors"), "--data", data]);
        Assert.True(code == 0, output);

        using var summary = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Path.Join(run, "summary.json")));
        var reported = summary.RootElement.GetProperty("accuracy").GetDouble();
        Assert.Equal(reported.ToString("F4", CultureInfo.InvariantCulture), Regex.Match(output, "accuracy=(?<value>[0-9.]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["value"].Value);
        Assert.EndsWith("samples=120\n", output, StringComparison.Ordinal);
        Assert.True(reported > 0.5, $"accuracy {reported}: four patterns should be learned better than that");
    }

    [Fact]
    public async Task The_checkpoint_has_standard_names_only()
    {
        var (manifest, data) = await GivenAsync(Specs.Everything.Replace("rounds: 24", "rounds: 2", StringComparison.Ordinal));
        var run = await RunAsync(manifest, data, "file");
        var names = SafetensorsContent.Parse("checkpoint", await File.ReadAllBytesAsync(Path.Join(run, "checkpoint.safetensors"))).Select(t => t.Entry.Name).ToList();
        Assert.Equal(
            ["conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked"],
            names.Where(n => n.Contains('1', StringComparison.Ordinal)));
        Assert.DoesNotContain(names, n => n.StartsWith("fc.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_aggregator_never_loads_libtorch_and_a_trainer_does()
    {
        using var job = new TestJob(Specs.Everything.Replace("rounds: 24", "rounds: 96", StringComparison.Ordinal));
        await using var run = await TestRun.StartAsync(job);
        await run.UntilClosedAsync(5);
        run.Aggregator.Stop();
        run.Clients[0].Stop();
        var aggregator = await File.ReadAllTextAsync($"/proc/{run.Aggregator.Pid}/maps");
        var client = await File.ReadAllTextAsync($"/proc/{run.Clients[0].Pid}/maps");
        run.Aggregator.Continue();
        run.Clients[0].Continue();
        Assert.Contains("libtorch", client, StringComparison.Ordinal);
        Assert.DoesNotContain("libtorch", aggregator, StringComparison.Ordinal);
        await run.CompleteAsync();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(string Manifest, string Data)> GivenAsync(string spec)
    {
        var data = Path.Join(_folder, "data");
        SmallData.Write(data);
        var manifest = Path.Join(_folder, "manifest.yaml");
        await File.WriteAllTextAsync(manifest, TestJob.Manifest(spec));
        return (manifest, data);
    }

    private async Task<string> RunAsync(string manifest, string data, string store)
    {
        var folder = Path.Join(_folder, "run-" + store);
        var (code, output) = await FedProcess.RunAsync("run", manifest, "--data", data, "--out", folder, "--store", store);
        Assert.True(code == 0, output);
        Assert.Matches(@"^fed: job=test state=Complete rounds=[0-9]+ accuracy=[01]\.[0-9]{4} seconds=[0-9.]+ checkpoint=.+/checkpoint\.safetensors$", output.TrimEnd().Split('\n')[^1]);
        Assert.True(File.Exists(Path.Join(folder, "report.html")));
        return folder;
    }

    /// <summary>A signature (`sig=`) stands in credential files only: not in logs, summaries, reports, or any blob.</summary>
    private static async Task NoSignatureIsWrittenAnywhereAsync(string run)
    {
        var files = Directory.GetFiles(run, "*", SearchOption.AllDirectories).Where(f => !f.Contains("/credentials/", StringComparison.Ordinal)).ToList();
        Assert.True(files.Count > 10);
        foreach (var file in files)
            Assert.False((await File.ReadAllBytesAsync(file)).AsSpan().IndexOf("sig="u8) >= 0, $"{file} holds a signature");
    }
}
