using System.Text.RegularExpressions;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.EndToEnd.Tests.Harness;

namespace FedOperator.EndToEnd.Tests;

/// <summary>Data sets of every format through `fed run`, `trainer evaluate` and `fed inspect`.</summary>
public sealed class DataFormatTests : IDisposable
{
    private const string Spec = """
        rounds: 3
        seed: 3
        model: {architecture: mlp, width: 8, classes: 4, inputShape: [1, 8, 8]}
        data: {format: idx, path: /data, partition: {method: classesPerClient, classes: 2, featureShift: {contrast: 0.5, rotation: 20, noise: 0.05}}}
        training: {localSteps: 2, batchSize: 8, augmentation: {crop: 2, flip: true}}
        normalization: {layer: batch, training: federated, bootstrapSamples: 16}
        clients: [{name: site, replicas: 2}]
        storage: {azureBlob: {accountUrl: "https://example.blob.core.windows.net", credentialsSecret: key}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("fed-formats-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Safetensors_of_bytes_give_the_checkpoint_that_idx_files_give_and_can_be_evaluated_and_inspected()
    {
        var (idx, safetensors) = (Path.Join(_folder, "idx"), Path.Join(_folder, "safetensors"));
        SmallData.Write(idx, train: 96, test: 40);
        Directory.CreateDirectory(safetensors);
        foreach (var (split, name) in ((string, string)[])[("train", "train"), ("t10k", "test")])
        {
            var images = (await File.ReadAllBytesAsync(Path.Join(idx, $"{split}-images-idx3-ubyte")))[16..];
            var labels = (await File.ReadAllBytesAsync(Path.Join(idx, $"{split}-labels-idx1-ubyte")))[8..];
            await File.WriteAllBytesAsync(Path.Join(safetensors, name + ".safetensors"), SafetensorsContent.Write(
                [(new TensorHeader("x", DType.U8, [labels.Length, 1, 8, 8]), images), (new TensorHeader("y", DType.U8, [labels.Length]), labels)]));
        }

        var expected = await RunAsync(Spec, idx, "run-idx");
        var actual = await RunAsync(Spec.Replace("format: idx", "format: safetensors, pixels: {mean: [0.286], deviation: [0.353]}", StringComparison.Ordinal), safetensors, "run-safetensors");
        Assert.Equal(await File.ReadAllBytesAsync(Path.Join(expected, "checkpoint.safetensors")), await File.ReadAllBytesAsync(Path.Join(actual, "checkpoint.safetensors")));
        Assert.Equal(await EvaluateAsync(expected, idx), await EvaluateAsync(actual, safetensors));
        await InspectAsync(actual, 40);
    }

    [Fact]
    public async Task CIFAR_runs_and_can_be_evaluated_and_inspected()
    {
        var data = await CifarAsync();
        var spec = Spec.Replace("classes: 4, inputShape: [1, 8, 8]", "classes: 10, inputShape: [3, 32, 32]", StringComparison.Ordinal).Replace("format: idx", "format: cifar10", StringComparison.Ordinal).Replace("classes: 2,", "classes: 5,", StringComparison.Ordinal);
        var run = await RunAsync(spec, Path.GetDirectoryName(data)!, "run");
        Assert.EndsWith("samples=20\n", await EvaluateAsync(run, Path.GetDirectoryName(data)!), StringComparison.Ordinal);
        await InspectAsync(run, 20);

        // What is missing is said before anything is started.
        File.Delete(Path.Join(data, "data_batch_5.bin"));
        var (code, output) = await FedProcess.RunAsync("run", Path.Join(_folder, "run.yaml"), "--data", Path.GetDirectoryName(data)!, "--out", Path.Join(_folder, "again"));
        Assert.Equal(2, code);
        Assert.Contains($"{Path.Join(data, "data_batch_5.bin")}: no such file", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resnet34", 204)]
    [InlineData("mobilenetV1", 150)]
    public async Task The_networks_of_the_FedPer_paper_run_at_full_width_on_CIFAR_and_each_client_has_a_whole_model(string architecture, int shared)
    {
        var data = Path.GetDirectoryName(await CifarAsync())!;
        var spec = Spec.Replace("architecture: mlp, width: 8, classes: 4, inputShape: [1, 8, 8]", $"architecture: {architecture}, classes: 10, inputShape: [3, 32, 32]", StringComparison.Ordinal)
            .Replace("format: idx", "format: cifar10", StringComparison.Ordinal).Replace("classes: 2, featureShift: {contrast: 0.5, rotation: 20, noise: 0.05}", "classes: 5", StringComparison.Ordinal)
            .Replace("rounds: 3", "rounds: 2", StringComparison.Ordinal).Replace("crop: 2", "crop: 4", StringComparison.Ordinal)
            .Replace("training: federated, bootstrapSamples: 16}", "training: local}\npersonalization: {method: fedPer, blocks: 2}", StringComparison.Ordinal);
        var run = await RunAsync(spec, data, architecture);
        var model = Path.Join(_folder, "model.safetensors");
        var (code, said) = await FedProcess.RunAsync("export", run, "--client", "site-1", "--out", model);
        Assert.True(code == 0, said);
        Assert.Contains($" {shared} tensors of results/000002.safetensors", said, StringComparison.Ordinal);
        var reported = Regex.Match(said, @"accuracy +(?<value>[0-9.]+) on site-1's (?<samples>[0-9]+) test samples", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups;
        Assert.StartsWith($"accuracy={reported["value"].Value} ", await EvaluateAsync(run, data, model, "--client", "site-1"), StringComparison.Ordinal);
        Assert.NotEqual("0", reported["samples"].Value);
    }

    /// <summary>Twenty records of noise a file, two of each class.</summary>
    private async Task<string> CifarAsync()
    {
        var data = Directory.CreateDirectory(Path.Join(_folder, "cifar", "cifar-10-batches-bin")).FullName;
        var draws = new Draws(1, "cifar");
        foreach (var name in DataFiles.Train(DataFormat.Cifar10).Concat(DataFiles.Test(DataFormat.Cifar10)))
        {
            await using var file = File.Create(Path.Join(data, name));
            for (var i = 0; i < 20; i++)
                file.Write([(byte)(i % 10), .. Enumerable.Range(0, 3072).Select(_ => (byte)draws.Below(256))]);
        }
        return data;
    }

    private async Task<string> RunAsync(string spec, string data, string name)
    {
        var manifest = Path.Join(_folder, name + ".yaml");
        await File.WriteAllTextAsync(manifest, TestJob.Manifest(spec));
        var run = Path.Join(_folder, name);
        var (code, output) = await FedProcess.RunAsync("run", manifest, "--data", data, "--out", run);
        Assert.True(code == 0, output);
        return run;
    }

    private static async Task<string> EvaluateAsync(string run, string data, string? model = null, params string[] more)
    {
        var plan = Directory.GetFiles(Path.Join(run, "ledger"), LedgerPaths.Plan, SearchOption.AllDirectories).Single();
        var (code, output) = await FedProcess.RunAsync("trainer.dll", ["evaluate", "--plan", plan, "--checkpoint", model ?? Path.Join(run, "checkpoint.safetensors"), "--data", data, .. more]);
        Assert.True(code == 0, output);
        return output;
    }

    private static async Task InspectAsync(string run, int test)
    {
        var (code, output) = await FedProcess.RunAsync("inspect", Path.Join(run, "checkpoint.safetensors"));
        Assert.True(code == 0, output);
        Assert.Contains($"{test} test samples", output, StringComparison.Ordinal);
    }
}
