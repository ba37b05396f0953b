using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FedOperator.Core.Ledger;

namespace FedOperator.Core.Tests.Ledger;

public sealed class DrawsTests
{
    [Fact]
    public void The_first_draws_of_a_stream_never_change()
    {
        var draws = new Draws(1, "batches", "edge-0", 3, 2);
        Assert.Equal([0x142319B4B724A1DDUL, 0x38224D14F42FA5D9UL, 0x84A4EC2AA3941654UL], [draws.Next(), draws.Next(), draws.Next()]);
        Assert.Equal([6, 3, 7, 4, 2, 5, 0, 1], new Draws(1, "participants", round: 1).Permutation(8));
        Assert.Equal(0.5362851981115639, new Draws(1, "x").Uniform());
    }

    [Fact]
    public void A_stream_is_splitmix64_from_the_hashed_key()
    {
        var message = new byte[24].Concat(Encoding.UTF8.GetBytes("batches\0edge-0")).ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(message, 1);
        message[8] = 3;
        message[16] = 2;
        var state = BitConverter.ToUInt64(SHA256.HashData(message));
        var draws = new Draws(1, "batches", "edge-0", 3, 2);
        for (var i = 0; i < 10; i++)
            Assert.Equal(SplitMix(ref state), draws.Next());
    }

    [Fact]
    public void Seed_purpose_client_round_and_index_each_give_another_stream()
    {
        ulong[] first =
        [
            new Draws(1, "p", "c", 1, 1).Next(), new Draws(2, "p", "c", 1, 1).Next(), new Draws(1, "q", "c", 1, 1).Next(), new Draws(1, "p", "d", 1, 1).Next(),
            new Draws(1, "p", "c", 2, 1).Next(), new Draws(1, "p", "c", 1, 2).Next(), new Draws(1, "pc", "", 1, 1).Next(), new Draws(1, "", "pc", 1, 1).Next(),
        ];
        Assert.Equal(first.Length, first.Distinct().Count());
    }

    [Fact]
    public void Bounded_draws_are_even()
    {
        var draws = new Draws(1, "even");
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
            counts[draws.Below(7)]++;

        // Chi-squared with 6 degrees of freedom: 22.5 is exceeded once in a thousand streams, and this stream is fixed.
        Assert.InRange(counts.Sum(n => (n - 10_000.0) * (n - 10_000.0) / 10_000), 0, 22.5);
    }

    [Fact]
    public void A_choice_is_ascending_and_within_bounds()
    {
        for (var round = 1; round <= 50; round++)
        {
            var chosen = new Draws(5, "participants", round: round).Choose(3, 10);
            Assert.Equal(3, chosen.Distinct().Count());
            Assert.Equal(chosen.Order(), chosen);
            Assert.All(chosen, i => Assert.InRange(i, 0, 9));
        }
    }

    [Fact]
    public void Uniform_draws_never_reach_their_ends()
    {
        var draws = new Draws(1, "uniform");
        var values = Enumerable.Range(0, 10_000).Select(_ => draws.Uniform()).ToList();
        Assert.All(values, u => Assert.True(u is > 0 and < 1));
        Assert.InRange(values.Average(), 0.49, 0.51);
    }

    private static ulong SplitMix(ref ulong state)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15;
            var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
