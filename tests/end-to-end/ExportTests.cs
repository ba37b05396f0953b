using System.Globalization;
using System.Text.RegularExpressions;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Core.Tensors;
using FedOperator.EndToEnd.Tests.Harness;

namespace FedOperator.EndToEnd.Tests;

/// <summary>`fed export` from a run's folder: one client's whole model, which does what the client's own model did.</summary>
public sealed class ExportTests(ExportTests.Runs runs) : IClassFixture<ExportTests.Runs>, IDisposable
{
    private static readonly string[] s_sites = ["site-0", "site-1", "site-2"];

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-export-test-").FullName;

    [Fact]
    public async Task An_exported_model_has_the_accuracy_that_the_ledger_reports_of_its_client()
    {
        var last = await runs.LastAsync();
        var scores = await Task.WhenAll(s_sites.Select(async site => (Site: site, Score: await EvaluateAsync(await ExportAsync(site), site))));
        foreach (var (site, score) in scores)
        {
            var sums = last.Metrics.Clients.Single(c => c.Client == site).Evaluation!;
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"accuracy={sums.Accuracy():F4} loss={sums.Loss():F6} samples={sums.Samples}"), score);
        }

        // Another client's head, and the head of before round 1, give something else on the same data.
        var own = scores[0].Score;
        var others = await EvaluateAsync(await ExportAsync("site-1"), "site-0");
        var (shared, said) = await EvaluateSayingAsync(Path.Join(runs.Personal, "checkpoint.safetensors"), "site-0");
        Assert.NotEqual(own, others);
        Assert.NotEqual(own, shared);
        Assert.NotEqual(others, shared);
        Assert.Contains("the tensors that stay with the clients are not in it (conv3.weight, bn3.weight, bn3.bias and 5 more)", said, StringComparison.Ordinal);
        Assert.True(Accuracy(own) > Accuracy(shared), $"{own} against {shared}");
    }

    [Fact]
    public async Task PyTorch_takes_an_exported_model_by_its_names_and_finds_the_same_accuracy()
    {
        var file = await ExportAsync("site-2");
        var seen = (await Programs.PythonAsync(Path.Join(AppContext.BaseDirectory, "whole_model.py"), file, runs.Data, "8")).Split('\n');
        var ours = await EvaluateAsync(file, client: null);
        Assert.Equal(ours.Split(' ')[0], seen[0].Split(' ')[0]);
        Assert.Equal(Loss(ours), Loss(seen[0]), 1e-4);
        Assert.EndsWith("samples=120", seen[0], StringComparison.Ordinal);
        var last = await runs.LastAsync();
        Assert.Equal(
            $$"""{"checkpoint": "{{last.Result!.Sha256}}", "client": "site-2", "personal": "conv3,bn3,fc", "plan": "{{runs.Plan.Hash}}", "round": "8", "state": "{{last.Clients.Single(c => c.Name == "site-2").State}}"}""", seen[1]);
    }

    [Fact]
    public async Task Another_job_does_not_start_from_it_but_from_what_was_shared()
    {
        var spec = Specs.Everything.Replace("rounds: 24", "rounds: 1", StringComparison.Ordinal).Replace("blocks: 1", "blocks: 2", StringComparison.Ordinal);
        var manifest = Path.Join(_folder, "next.yaml");
        foreach (var (file, modules, fits) in new[] { (await ExportAsync("site-0"), "fc", false), (Path.Join(_folder, "site-0.safetensors"), "conv3, bn3, fc", true), (Path.Join(runs.Personal, "checkpoint.safetensors"), "conv3, bn3, fc", true) })
        {
            await File.WriteAllTextAsync(manifest, TestJob.Manifest(spec.Replace("inputShape: [1, 8, 8]", $"inputShape: [1, 8, 8], initialCheckpoint: {{path: {file}, reinitialize: [{modules}]}}", StringComparison.Ordinal)));
            var (code, output) = await FedProcess.RunAsync("run", manifest, "--data", runs.Data, "--out", Path.Join(_folder, $"next-{Path.GetFileNameWithoutExtension(file)}-{fits}"));
            Assert.True(code == 0 == fits, output);
            Assert.True(!fits == output.Contains("is the whole model of client 'site-0', and 'conv3', 'bn3' never left that client", StringComparison.Ordinal), output);
        }
    }

    [Fact]
    public async Task It_has_the_models_tensors_in_their_order_and_no_momentum_or_gradient_statistic()
    {
        var (code, output, errors) = await Fed.RunAsync("export", runs.Personal, "--client", "site-0", "--out", Path.Join(_folder, "deep", "er", "own.safetensors"));
        Assert.True(code == 0, errors);
        var layout = (await runs.Global.ReadDocumentAsync(LedgerPaths.Model, LedgerJson.Default.ModelDocument, CancellationToken.None))!.Document.Layout;
        var content = SafetensorsContent.Parse("own", await File.ReadAllBytesAsync(Path.Join(_folder, "deep", "er", "own.safetensors"))).ToDictionary(t => t.Entry.Name, t => t.Data.ToArray(), StringComparer.Ordinal);
        Assert.Equal(layout.Tensors.Where(t => t.IsForInference).Select(t => t.Name), content.Keys);
        Assert.Contains("bn3.running_var", content.Keys);

        // Each tensor is that of the one file or of the other, to the bit.
        var last = await runs.LastAsync();
        var state = last.Clients.Single(c => c.Name == "site-0").State!;
        var own = Tensors(await runs.Ledger.Private("site-0").ReadAsync(LedgerPaths.State(state), 1 << 24, null, CancellationToken.None));
        var shared = Tensors(await runs.Global.ReadAsync(last.Result!.Name, 1 << 24, null, CancellationToken.None));
        Assert.Contains(own.Keys, n => n.StartsWith("optimizer.", StringComparison.Ordinal));
        Assert.Contains("bn3.gradient_mean", own.Keys);
        Assert.All(content, t => Assert.Equal(layout.Tensors.Single(e => e.Name == t.Key).Placement == TensorPlacement.Personal ? own[t.Key] : shared[t.Key], t.Value));

        var lines = output.TrimEnd().Split('\n');
        Assert.Matches(@"^model        .*own\.safetensors, [0-9.]+ kB: site-0's whole model after round 8$", lines[0]);
        Assert.Equal($"shared       12 tensors of results/000008.safetensors (SHA-256 {last.Result.Sha256}: as the ledger says)", lines[1]);
        Assert.Equal($"personal     8 tensors of {LedgerPaths.PrivateContainer(runs.Plan.Job, "site-0")}/state/{state}.safetensors (as its name says)", lines[2]);
        var sums = last.Metrics.Clients.Single(c => c.Client == "site-0").Evaluation!;
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"accuracy     {sums.Accuracy():F4} on site-0's {sums.Samples} test samples, after round 8"), lines[3]);
    }

    [Fact]
    public async Task Where_nothing_stays_with_the_clients_the_file_is_the_global_model_and_says_so()
    {
        var (code, output, errors) = await Fed.RunAsync("export", runs.Shared, "--client", "site-1");
        Assert.True(code == 0, errors);
        Assert.Contains("the global model after round 2", output, StringComparison.Ordinal);
        Assert.Contains("nothing of the model stays with the clients", output, StringComparison.Ordinal);
        var file = Path.Join(runs.Shared, "models", "site-1.safetensors");
        Assert.Equal(
            SafetensorsContent.Parse("a", await File.ReadAllBytesAsync(Path.Join(runs.Shared, "checkpoint.safetensors"))).Select(t => (t.Entry.Name, Convert.ToHexString(t.Data.Span))),
            SafetensorsContent.Parse("b", await File.ReadAllBytesAsync(file)).Select(t => (t.Entry.Name, Convert.ToHexString(t.Data.Span))));
    }

    [Fact]
    public async Task What_cannot_be_exported_is_told_with_the_fix()
    {
        await RefusedAsync("the run in .* has no such client; did you mean site-1. It has site-0, site-1, site-2", runs.Personal, "--client", "site-11");
        await RefusedAsync("no run is in that folder: it has no manifest.yaml", _folder, "--client", "site-0");
        await RefusedAsync("that is a folder; give a file", runs.Personal, "--client", "site-0", "--out", _folder);
        await RefusedAsync("Give either RUN.JOB or --id ID", "--client", "site-0");
        await RefusedAsync("--id needs --store", "--id", "x", "--client", "site-0");
        await RefusedAsync("needs --credential FILE", "--id", "x", "--store", "https://account.blob.core.windows.net", "--client", "site-0");
        await RefusedAsync("--store https://account.blob.core.windows.net...: it has more than an address in it(?!.*abc)", "--id", "x", "--store", "https://account.blob.core.windows.net/?sv=1&sig=abc", "--credential", "c", "--client", "site-0");
        await RefusedAsync("--store is a connection string: an account's key is not taken here(?!.*abc)", "--id", "x", "--store", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc", "--client", "site-0");
        await RefusedAsync("There is no fj-0123456789ab", "--id", "01234567-89ab-4000-8000-000000000000", "--store", Path.Join(runs.Personal, "ledger"), "--client", "site-0");
        await RefusedAsync("There is no fj-x/plan.json", "--id", "x", "--store", Path.Join(runs.Personal, "ledger"), "--client", "site-0");
        await RefusedAsync("--state .*: there is no such folder", "--id", "x", "--store", Path.Join(runs.Personal, "ledger"), "--state", Path.Join(_folder, "nowhere"), "--client", "site-0");

        var other = Copy(runs.Personal);
        var newest = (await runs.LastAsync()).Clients[0].State!;
        var state = Directory.GetFiles(Path.Join(other, "ledger", LedgerPaths.PrivateContainer(runs.Plan.Job, "site-0"), "state")).Single(f => f.Contains(newest, StringComparison.Ordinal));
        var content = await File.ReadAllBytesAsync(state);
        content[^1] ^= 1;
        await File.WriteAllBytesAsync(state, content);
        await RefusedAsync("the store has lost or changed it", other, "--client", "site-0");
        File.Delete(state);
        await RefusedAsync("has no state/[0-9a-f]*.safetensors, site-0's newest personal state", other, "--client", "site-0");
        Directory.Delete(Path.Join(other, "ledger", LedgerPaths.PrivateContainer(runs.Plan.Job, "site-1")), recursive: true);
        await RefusedAsync("has no state/.*fed pull does not fetch it", other, "--client", "site-1");
        Assert.False(Directory.Exists(Path.Join(other, "models")) && Directory.GetFiles(Path.Join(other, "models")).Length > 0);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> ExportAsync(string client)
    {
        var file = Path.Join(_folder, client + ".safetensors");
        var (code, _, errors) = await Fed.RunAsync("export", runs.Personal, "--client", client, "--out", file);
        Assert.True(code == 0, errors);
        Assert.False(File.Exists(file + ".new"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        return file;
    }

    private async Task<string> EvaluateAsync(string file, string? client)
    {
        var (score, said) = await EvaluateSayingAsync(file, client);
        Assert.Equal("", said);
        return score;
    }

    private async Task<(string Score, string Said)> EvaluateSayingAsync(string file, string? client)
    {
        var plan = Path.Join(runs.Personal, "ledger", runs.Global.Name, LedgerPaths.Plan);
        var (code, output) = await FedProcess.RunAsync("trainer.dll", ["evaluate", "--plan", plan, "--checkpoint", file, "--data", runs.Data, .. client is null ? Array.Empty<string>() : ["--client", client]]);
        Assert.True(code == 0, output);
        var lines = output.Split('\n', 2);
        return (lines[0], lines[1]);
    }

    private static async Task RefusedAsync(string pattern, params string[] arguments)
    {
        var (code, output, errors) = await Fed.RunAsync(["export", .. arguments]);
        Assert.True(code != 0, output);
        Assert.Matches(new Regex(pattern, RegexOptions.Singleline, TimeSpan.FromSeconds(1)), errors + output);
    }

    private static double Accuracy(string score) => Number(score, "accuracy");

    private static double Loss(string score) => Number(score, "loss");

    private static double Number(string score, string name) =>
        double.Parse(score.Split(' ').Single(p => p.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..], CultureInfo.InvariantCulture);

    private static Dictionary<string, byte[]> Tensors(BlobRead read) => SafetensorsContent.Parse("blob", read.Content).ToDictionary(t => t.Entry.Name, t => t.Data.ToArray(), StringComparer.Ordinal);

    private string Copy(string folder)
    {
        var to = Path.Join(_folder, "copy");
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            var path = Path.Join(to, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }
        return to;
    }

    /// <summary>A run whose last two units are personal, with kept momentum and gradient statistics; and one of which nothing is.</summary>
    public sealed class Runs : IAsyncLifetime
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("fed-export-runs-").FullName;

        public string Personal => Path.Join(_folder, "personal");

        public string Shared => Path.Join(_folder, "shared");

        public string Data => Path.Join(_folder, "data");

        internal Plan Plan { get; private set; } = null!;

        internal JobLedger Ledger { get; private set; } = null!;

        internal IBlobStore Global => Ledger.Global;

        public async Task InitializeAsync()
        {
            SmallData.Write(Data);
            var personal = Specs.Everything.Replace("rounds: 24", "rounds: 8", StringComparison.Ordinal).Replace("blocks: 1", "blocks: 2", StringComparison.Ordinal);
            var shared = personal.Replace("rounds: 8", "rounds: 2", StringComparison.Ordinal).Replace("personalization: {method: fedPer, blocks: 2}", "", StringComparison.Ordinal);
            await Task.WhenAll(RunAsync(personal, Personal), RunAsync(shared, Shared));
            var container = Path.GetFileName(Directory.GetDirectories(Path.Join(Personal, "ledger")).Single(d => File.Exists(Path.Join(d, LedgerPaths.Plan))));
            Ledger = new JobLedger(container["fj-".Length..], BlobStores.Open("file://" + Path.Join(Personal, "ledger")).Container);
            Plan = PlanJson.Read(await File.ReadAllBytesAsync(Path.Join(Personal, "ledger", container, LedgerPaths.Plan)));
        }

        internal async Task<ClosedDocument> LastAsync() =>
            (await Global.ReadDocumentAsync(LedgerPaths.Closed(new RoundKey(8, RoundKind.Evaluate)), LedgerJson.Default.ClosedDocument, CancellationToken.None))!.Document;

        public Task DisposeAsync()
        {
            Directory.Delete(_folder, recursive: true);
            return Task.CompletedTask;
        }

        private async Task RunAsync(string spec, string folder)
        {
            var manifest = folder + ".yaml";
            await File.WriteAllTextAsync(manifest, TestJob.Manifest(spec));
            var (code, output) = await FedProcess.RunAsync("run", manifest, "--data", Data, "--out", folder);
            Assert.True(code == 0, output);
        }
    }
}
