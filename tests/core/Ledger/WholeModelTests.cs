using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;

namespace FedOperator.Core.Tests.Ledger;

/// <summary>A client's whole model out of two files.</summary>
public sealed class WholeModelTests : IDisposable
{
    private static readonly ModelLayout s_layout = new(
        [
            Entry("conv.weight", [2], TensorRole.Weight, TensorPlacement.Shared, "conv"),
            Entry("bn.running_mean", [3], TensorRole.BnStatistic, TensorPlacement.Personal, "bn", BnStatistic.Mean),
            Entry("bn.gradient_mean", [3], TensorRole.BnStatistic, TensorPlacement.Personal, "bn", BnStatistic.GradientMean),
            Entry("bn.mixing", [3], TensorRole.BnAffine, TensorPlacement.Shared, "bn", trainingOnly: true),
            Entry("mid.weight", [1, 2], TensorRole.Weight, TensorPlacement.Shared, "mid"),
            Entry("fc.weight", [2, 2], TensorRole.Weight, TensorPlacement.Personal, "fc"),
        ],
        ["bn"]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fed-whole-");

    [Fact]
    public async Task It_has_the_tensors_of_both_files_in_the_layouts_order_and_nothing_that_only_training_needs()
    {
        var shared = Write("shared", ("mid.weight", [1, 2], 3), ("conv.weight", [2], 1), ("bn.mixing", [3], 9));
        var state = Write("state", ("bn.running_mean", [3], 2), ("bn.gradient_mean", [3], 9), ("fc.weight", [2, 2], 4), ("optimizer.momentum.conv.weight", [2], 9));
        var (tensors, metadata) = await WholeAsync(shared, state);
        Assert.Equal(["conv.weight", "bn.running_mean", "mid.weight", "fc.weight"], tensors.Select(t => t.Name));
        Assert.Equal([1, 2, 3, 4], tensors.Select(t => t.First));
        Assert.Equal(["client edge-1"], metadata.Select(m => $"{m.Key} {m.Value}"));
        Assert.Equal(["bn.running_mean", "fc.weight"], WholeModel.Personal(s_layout).Select(t => t.Name));
    }

    [Fact]
    public async Task Without_personal_tensors_it_is_the_shared_file()
    {
        var layout = s_layout with { Tensors = [.. s_layout.Tensors.Where(t => t.Placement == TensorPlacement.Shared)] };
        var (tensors, _) = await WholeAsync(Write("shared", ("conv.weight", [2], 1), ("mid.weight", [1, 2], 3)), null, layout);
        Assert.Equal(["conv.weight", "mid.weight"], tensors.Select(t => t.Name));
        await Assert.ThrowsAsync<ArgumentNullException>(() => WholeAsync(Write("other", ("conv.weight", [2], 1), ("mid.weight", [1, 2], 3)), null));
    }

    [Fact]
    public async Task A_tensor_longer_than_a_piece_of_the_copy_is_copied_whole()
    {
        const int Length = (1 << 18) + 3;
        var layout = new ModelLayout([Entry("big", [Length], TensorRole.Weight, TensorPlacement.Shared, "big")], []);
        var data = new byte[4 * Length];
        for (var i = 0; i < data.Length; i++)
            data[i] = (byte)(i * 31 >> 3);
        var path = Path.Join(_folder.FullName, "big");
        await File.WriteAllBytesAsync(path, SafetensorsContent.Write([(new TensorHeader("big", DType.F32, [Length]), data)]));
        await WholeAsync(path, null, layout);
        Assert.Equal(data, SafetensorsContent.Parse("big", await File.ReadAllBytesAsync(path + ".whole")).Single().Data.ToArray());
    }

    [Fact]
    public async Task A_file_of_another_model_is_refused_by_the_tensors_name()
    {
        var shared = Write("shared", ("conv.weight", [2], 1), ("mid.weight", [1, 2], 3));
        var lacking = await Assert.ThrowsAsync<SafetensorsException>(() => WholeAsync(shared, Write("lacking", ("bn.running_mean", [3], 2))));
        Assert.Equal("fc.weight", lacking.Tensor);
        var misshapen = await Assert.ThrowsAsync<SafetensorsException>(() => WholeAsync(shared, Write("misshapen", ("bn.running_mean", [3], 2), ("fc.weight", [4], 4))));
        Assert.Contains("F32 [4], and the model has F32 [2, 2]", misshapen.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static TensorEntry Entry(string name, long[] shape, TensorRole role, TensorPlacement placement, string layer, BnStatistic? statistic = null, bool? trainingOnly = null) =>
        new(name, shape, DType.F32, role, placement, layer, statistic, trainingOnly);

    /// <summary>A file of float32 tensors, each full of one number.</summary>
    private string Write(string name, params (string Name, long[] Shape, float Value)[] tensors)
    {
        var path = Path.Join(_folder.FullName, name);
        File.WriteAllBytes(path, SafetensorsContent.Write([.. tensors.Select(t => (
            new TensorHeader(t.Name, DType.F32, t.Shape),
            (ReadOnlyMemory<byte>)Enumerable.Repeat(BitConverter.GetBytes(t.Value), (int)TensorHeader.Elements(t.Shape)).SelectMany(b => b).ToArray()))]));
        return path;
    }

    private static async Task<(IReadOnlyList<(string Name, float First)> Tensors, IReadOnlyDictionary<string, string> Metadata)> WholeAsync(string shared, string? personal, ModelLayout? layout = null)
    {
        using var from = await SafetensorsReader.OpenFileAsync(shared);
        using var own = personal is null ? null : await SafetensorsReader.OpenFileAsync(personal);
        var whole = shared + ".whole";
        await using (var file = File.Create(whole))
            await WholeModel.WriteAsync(layout ?? s_layout, from, own, file, new Dictionary<string, string> { ["client"] = "edge-1" }, CancellationToken.None);
        using var reader = await SafetensorsReader.OpenFileAsync(whole);
        var tensors = new List<(string, float)>();
        foreach (var entry in reader.Entries)
            tensors.Add((entry.Name, BitConverter.ToSingle(await reader.ReadAllAsync(entry, CancellationToken.None))));
        return (tensors, reader.Metadata);
    }
}
