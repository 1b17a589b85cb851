// A client on Boost.Beast for the benchmark; see README.md and ../README.md.
#include <iostream>
#include <string_view>

#include "connections.hpp"
#include "messages.hpp"

namespace {
// The scenarios with many connections read little, so they have no tuned version.
template <class Stream>
constexpr bool tuned = std::is_same_v<Stream, BufferedStream>;

// Returns the exit status.
template <class Stream>
int run(std::string_view scenario, const Address& address, int words, char** first) {
    long count = option(words, first, "count", 1);
    long size = option(words, first, "size", 64);
    if (scenario == "receive") receive<Stream>(address, count);
    else if (scenario == "echo") echo<Stream>(address, count, size);
    else if (scenario == "send") send<Stream>(address, count, size);
    else if (tuned<Stream>) return 3;
    else if (scenario == "idle") idle(address, count, option(words, first, "seconds", 5));
    else if (scenario == "open") open(address, count);
    else return 3;
    return 0;
}
}  // namespace

int main(int count, char** words) {
    bool wants_tuned = count > 1 && std::string_view(words[1]) == "--tuned";
    count -= wants_tuned;
    words += wants_tuned;
    if (count < 3) {
        std::cerr << "beast: [--tuned] SCENARIO URL [KEY=VALUE ...]\n";
        return 1;
    }
    try {
        Address address(words[2]);
        return wants_tuned ? run<BufferedStream>(words[1], address, count - 3, words + 3)
                     : run<PlainStream>(words[1], address, count - 3, words + 3);
    } catch (const std::exception& problem) {
        std::cerr << "beast: " << problem.what() << "\n";
        return 1;
    }
}
