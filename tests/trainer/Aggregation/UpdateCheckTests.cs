using System.Security.Cryptography;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Core.Tensors;
using FedOperator.Trainer.Aggregation;

namespace FedOperator.Trainer.Tests.Aggregation;

public sealed class UpdateCheckTests
{
    [Fact]
    public async Task A_good_update_is_accepted_with_the_version_that_was_checked()
    {
        using var round = new RoundFolder();
        var update = await round.AddAsync("a", 1, 2);
        Assert.Equal(new UpdateVerdict.Accepted(update.ETag, update.Length), await CheckAsync(round, update));
    }

    [Fact]
    public async Task An_update_by_another_writer_with_metadata_and_white_space_is_accepted()
    {
        using var round = new RoundFolder();
        var update = await round.AddAsync("a", 1, 2);
        var other = await RewriteAsync(update, file =>
        {
            var length = BitConverter.ToInt32(file);
            return [.. BitConverter.GetBytes((long)length + 3), .. file.AsSpan(8, length), .. "   "u8, .. file.AsSpan(8 + length)];
        });
        Assert.IsType<UpdateVerdict.Accepted>(await CheckAsync(round, other));
    }

    [Theory]
    [InlineData("conv.weight", 0, float.NaN)]
    [InlineData("conv.weight", 65_535, float.PositiveInfinity)]
    [InlineData("conv.weight", 150_002, float.NegativeInfinity)]
    [InlineData("fc.bias", 9, float.NaN)]
    public async Task One_value_that_is_not_finite_excludes_an_update(string tensor, int element, float value)
    {
        using var round = new RoundFolder();
        var update = await round.AddAsync("a", 1, 2, change: t => BitConverter.GetBytes(value).CopyTo(t[tensor], 4 * element));
        await RejectedAsync(round, update, ExclusionReason.NonFinite, tensor);
    }

    [Fact]
    public async Task A_value_that_is_not_finite_is_found_wherever_it_lies_also_across_the_chunks_of_the_reading()
    {
        // F64 after a tensor of odd length: its elements straddle the chunks' ends
        var model = new ModelLayout(
            [
                new("odd", [3], DType.BF16, TensorRole.Weight, TensorPlacement.Shared, "odd"),
                new("long", [70_000], DType.F64, TensorRole.Weight, TensorPlacement.Shared, "long"),
            ],
            []);
        foreach (var element in new[] { 0, 32_740, 32_750, 32_751, 32_752, 32_753, 32_754, 32_755, 32_756, 32_760, 32_768, 65_520, 69_999 })
        {
            using var round = new RoundFolder(model);
            var update = await round.AddAsync("a", 1, 2, change: t => BitConverter.GetBytes(double.NaN).CopyTo(t["long"], 8 * element));
            await RejectedAsync(round, update, ExclusionReason.NonFinite, "long");
        }
    }

    [Fact]
    public async Task The_largest_finite_values_are_finite()
    {
        using var round = new RoundFolder();
        var update = await round.AddAsync("a", 1, 2, change: t => BitConverter.GetBytes(float.MaxValue).CopyTo(t["conv.weight"], 0));
        Assert.IsType<UpdateVerdict.Accepted>(await CheckAsync(round, update));
    }

    [Fact]
    public async Task Another_content_than_the_name_says_is_a_hash_mismatch()
    {
        using var round = new RoundFolder();
        var update = await round.AddAsync("a", 1, 2);
        var changed = await RewriteAsync(update, file =>
        {
            file[^1] ^= 1;
            return file;
        });
        await RejectedAsync(round, changed, ExclusionReason.HashMismatch, "SHA-256", Sha256Of(update));
    }

    [Fact]
    public async Task A_blob_shorter_than_declared_is_truncated_and_one_shorter_than_the_model_too()
    {
        using var round = new RoundFolder();
        var update = await round.AddAsync("a", 1, 2);
        var cut = await RewriteAsync(update, file => file[..^1]);
        await RejectedAsync(round, cut with { Length = update.Length }, ExclusionReason.Truncated, "the report says");
        var half = await RewriteAsync(update, file => file[..1000]);
        await RejectedAsync(round, half, ExclusionReason.Truncated, "the model implies");
    }

    [Fact]
    public async Task A_blob_longer_than_declared_or_than_the_model_allows_is_misshapen_and_not_read()
    {
        using var round = new RoundFolder();
        var update = await round.AddAsync("a", 1, 2);
        await RejectedAsync(round, update with { Length = update.Length - 1 }, ExclusionReason.Misshapen, "the report says");
        var inflated = await RewriteAsync(update, file => [.. file, .. new byte[200_000]]);
        await RejectedAsync(round, inflated, ExclusionReason.Misshapen, "the model implies");
    }

    [Fact]
    public async Task An_absent_update_is_missing()
    {
        using var round = new RoundFolder();
        var update = await round.AddAsync("a", 1, 2);
        await update.Store.DeleteAsync(update.Blob, default);
        await RejectedAsync(round, update, ExclusionReason.Truncated, "no such blob");
    }

    [Fact]
    public async Task Other_tensors_types_shapes_or_another_order_are_misshapen()
    {
        using var round = new RoundFolder();
        await round.AddAsync("a", 1, 2);
        var other = round.Model with { Tensors = [.. round.Model.Tensors.Select(t => t.Name == "conv.weight" ? t with { Shape = [50_001, 3] } : t)] };
        await RejectedOfAsync(other, "conv.weight");
        await RejectedOfAsync(round.Model with { Tensors = [.. round.Model.Tensors.Reverse()] }, "tensor 0");
        await RejectedOfAsync(round.Model with { Tensors = [.. round.Model.Tensors.Select(t => t.Name == "fc.bias" ? t with { Name = "fc.bios" } : t)] }, "fc.bios");
        await RejectedOfAsync(round.Model with { Tensors = [.. round.Model.Tensors.Select(t => t.Name == "fc.bias" ? t with { DType = DType.I32 } : t)] }, "I32");

        async Task RejectedOfAsync(ModelLayout model, string message)
        {
            using var folder = new RoundFolder(model);
            await RejectedAsync(round, await folder.AddAsync("a", 1, 2), ExclusionReason.Misshapen, message);
        }
    }

    [Fact]
    public async Task A_file_that_is_no_safetensors_is_misshapen()
    {
        using var round = new RoundFolder();
        var update = await round.AddAsync("a", 1, 2);
        await RejectedAsync(round, await RewriteAsync(update, file => new byte[file.Length]), ExclusionReason.Misshapen, "header");
    }

    [Theory]
    [InlineData("bn.moments.count", 0)]
    [InlineData("bn.moments.count", -3)]
    [InlineData("bn.moments.count", 2.5)]
    [InlineData("bn.moments.m2", -1e-300)]
    [InlineData("bn.moments.mean", 1e19)]
    [InlineData("bn.moments.m2", 1e300)]
    [InlineData("bn.gradient.product", 1e300)]
    public async Task Moments_that_no_data_have_are_implausible(string tensor, double value)
    {
        using var round = new RoundFolder();
        var update = await round.AddAsync("a", 1, 2, change: t => BitConverter.GetBytes(value).CopyTo(t[tensor], 0));
        await RejectedAsync(round, update, ExclusionReason.Implausible, "layer 'bn'");
    }

    [Fact]
    public async Task A_failing_store_is_an_exception_and_not_the_clients_fault()
    {
        using var round = new RoundFolder();
        var update = await round.AddAsync("a", 1, 2);
        await Assert.ThrowsAsync<BlobStoreException>(() => CheckAsync(round, update with { Blob = "../x" }));
    }

    [Theory]
    [InlineData(1.0, 0x3F80)]
    [InlineData(-2.5, 0xC020)]
    [InlineData(1.00390625, 0x3F80)]
    [InlineData(1.01171875, 0x3F82)]
    [InlineData(1.0039062500000002, 0x3F81)]
    [InlineData(1.0117187499999998, 0x3F81)]
    [InlineData(0.0, 0)]
    [InlineData(1e300, 0x7F80)]
    [InlineData(1e-300, 0)]
    public void A_double_is_rounded_to_bfloat16_once_and_to_even(double value, int bits) => Assert.Equal(bits, Elements.ToBFloat16(value));

    private static string Sha256Of(ClientUpdate update) => Path.GetFileNameWithoutExtension(update.Blob);

    private static async Task<ClientUpdate> RewriteAsync(ClientUpdate update, Func<byte[], byte[]> change)
    {
        var file = change((await update.Store.ReadAsync(update.Blob, long.MaxValue, null, default)).Content.ToArray());
        var name = $"updates/{Convert.ToHexStringLower(SHA256.HashData(file))}.safetensors";
        await update.Store.CreateAsync(name, file, default);
        return update with { Blob = name, Length = file.Length, ETag = (await update.Store.StatAsync(name, default))!.ETag };
    }

    private static Task<UpdateVerdict> CheckAsync(RoundFolder round, ClientUpdate update, string? sha256 = null) =>
        UpdateCheck.RunAsync(update.Store, update.Blob, sha256 ?? Sha256Of(update), update.Length, UpdateLayout.Train(round.Model), default);

    private static async Task RejectedAsync(RoundFolder round, ClientUpdate update, ExclusionReason reason, string message, string? sha256 = null)
    {
        var rejected = Assert.IsType<UpdateVerdict.Rejected>(await CheckAsync(round, update, sha256));
        Assert.True(reason == rejected.Reason && rejected.Message.Contains(message, StringComparison.Ordinal), $"{rejected.Reason}: {rejected.Message}");
        Assert.Contains(update.Blob, rejected.Message, StringComparison.Ordinal);
    }
}
